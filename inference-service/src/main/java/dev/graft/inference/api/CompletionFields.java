package dev.graft.inference.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.inference.request.Classifications;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.Naming;
import dev.graft.inference.request.PromptTokens;
import dev.graft.inference.request.Refusals;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Requests;
import dev.graft.inference.request.Requests.Reported;
import dev.graft.inference.request.Tokens;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Reads the bodies of the two completion APIs. What is asked for and can't be done is refused, never passed over. */
@Singleton
final class CompletionFields {
    private final Submissions submissions;
    private final Requests requests;
    private final PromptTokens prompts;
    private final Classifications classifications;
    private final ModelText text;
    private final InferenceSettings settings;

    CompletionFields(
            Submissions submissions,
            Requests requests,
            PromptTokens prompts,
            Classifications classifications,
            ModelText text,
            InferenceSettings settings) {
        this.submissions = submissions;
        this.requests = requests;
        this.prompts = prompts;
        this.classifications = classifications;
        this.text = text;
        this.settings = settings;
    }

    CompletionAsk chat(JsonBody body) {
        String id = Submissions.id("chatcmpl-");
        Terms terms = submissions.admission(body);
        refuseForeign(body);
        Prompt.Chat prompt = Inputs.chat(body.required("messages", "an array of messages"), "messages");
        Optional<Integer> logprobs = chatLogprobs(body);
        int choices = body.whole("n").orElse(1);
        Optional<List<String>> labels = structuredChoice(body);
        var variables = TemplateVariables.read(body);
        if (labels.isPresent() && !variables.isEmpty()) {
            throw Refusals.refused(
                    "unsupported_parameter",
                    "chat_template_kwargs",
                    variables,
                    "does not go with structured_outputs.choice");
        }
        Request request = labels.isPresent()
                ? label(id, terms, prompt, "messages", labels.get(), body, logprobs, choices)
                : requests.generate(
                        id,
                        terms,
                        prompts.of(prompt, "messages", variables),
                        true,
                        SamplingFields.read(body, text),
                        Naming.HTTP,
                        new Reported(choices, logprobs, false, false));
        return ask(body, id, Shape.CHAT, List.of(request), List.of(""), choices, logprobs.isPresent());
    }

    CompletionAsk text(JsonBody body) {
        String id = Submissions.id("cmpl-");
        Terms terms = submissions.admission(body);
        body.refuseUnless("suffix", JsonBody::saysNothing, "text before a suffix is not supported");
        int choices = body.whole("n").orElse(1);
        body.refuseUnless("best_of", best -> best.asInt() == choices, "must be the same as n: there is no choosing");
        List<Named> inputs = prompts(body);
        boolean echo = body.flag("echo");
        OptionalInt asked = body.whole("logprobs");
        Optional<Integer> logprobs = asked.isPresent() ? Optional.of(asked.getAsInt()) : Optional.empty();
        boolean promptLogprobs = echo && logprobs.isPresent();
        Optional<List<String>> labels = structuredChoice(body);
        List<Request> all = new ArrayList<>();
        List<String> echoes = new ArrayList<>();
        if (labels.isPresent()) {
            body.refuseUnless("echo", e -> !e.booleanValue(), "does not go with structured_outputs.choice");
            for (Named input : inputs) {
                all.add(label(
                        id + input.suffix(),
                        terms,
                        plain(input),
                        input.field(),
                        labels.get(),
                        body,
                        logprobs,
                        choices));
                echoes.add("");
            }
        } else {
            boolean parseSpecial = body.flag("parse_special");
            Sampling sampling = SamplingFields.read(body, text);
            for (Named input : inputs) {
                Tokens tokens = tokens(input, parseSpecial);
                var reported = new Reported(choices, logprobs, promptLogprobs, echo);
                all.add(requests.generate(id + input.suffix(), terms, tokens, false, sampling, Naming.HTTP, reported));
                echoes.add(echo ? text.tokenizer().decode(tokens.toArray(), parseSpecial) : "");
            }
        }
        CompletionAsk ask = ask(body, id, Shape.TEXT, all, echoes, choices, logprobs.isPresent());
        if (ask.stream() && promptLogprobs) {
            throw Refusals.refused(
                    "unsupported_parameter",
                    "stream",
                    "true",
                    "echo with logprobs is not streamed: leave one of them out");
        }
        return ask;
    }

    /**
     * @param field what its sender calls it
     * @param suffix what tells its request's id apart
     */
    private record Named(Inputs.Input input, String field, String suffix) {}

    private List<Named> prompts(JsonBody body) {
        JsonNode prompt = body.required("prompt", "a string, an array of strings, or tokens");
        List<Inputs.Input> inputs =
                Inputs.several(prompt, "prompt", text, settings.limits().inputs());
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> inputs.size() == 1
                        ? new Named(inputs.get(i), "prompt", "")
                        : new Named(inputs.get(i), "prompt[" + i + "]", "-" + i))
                .toList();
    }

    /** Of the weights that answer: with its generation where that is an adapter. */
    private String nameOf(Request request) {
        return request.terms()
                .adapter()
                .map(adapter -> adapter.ref().toString())
                .orElse(text.name());
    }

    private CompletionAsk ask(
            JsonBody body,
            String id,
            Shape shape,
            List<Request> all,
            List<String> echoes,
            int choices,
            boolean logprobs) {
        boolean stream = body.flag("stream");
        boolean usage = body.object("stream_options")
                .map(options -> {
                    boolean included = options.flag("include_usage");
                    options.passOver("include_obfuscation");
                    options.end();
                    return included;
                })
                .orElse(false);
        boolean tokenIds = body.flag("return_tokens_as_token_ids");
        body.passOver("cache_prompt", "prompt_cache_retention");
        body.end();
        return new CompletionAsk(
                id,
                shape,
                nameOf(all.getFirst()),
                CompletionAsk.now(),
                all,
                echoes,
                choices,
                logprobs,
                tokenIds,
                stream,
                usage);
    }

    private Tokens tokens(Named named, boolean parseSpecial) {
        return switch (named.input()) {
            case Inputs.Input.Text plain -> prompts.of(new Prompt.Text(plain.text()), named.field(), parseSpecial);
            case Inputs.Input.Numbers numbers -> prompts.of(numbers.tokens(), named.field());
        };
    }

    private static Prompt plain(Named named) {
        if (named.input() instanceof Inputs.Input.Text plain) {
            return new Prompt.Text(plain.text());
        }
        throw Refusals.invalid(named.field(), "tokens", "must be text where a choice is asked for");
    }

    /** One of some texts: scored, not drawn, so what is said about drawing would change nothing and is refused. */
    private Request label(
            String id,
            Terms terms,
            Prompt prompt,
            String field,
            List<String> labels,
            JsonBody body,
            Optional<Integer> logprobs,
            int choices) {
        if (logprobs.isPresent() || choices != 1) {
            throw Refusals.refused(
                    "unsupported_parameter",
                    logprobs.isPresent() ? "logprobs" : "n",
                    logprobs.isPresent() ? "asked for" : choices,
                    "does not go with structured_outputs.choice: /v1/classify tells each label's probability");
        }
        for (String drawing : List.of("temperature", "frequency_penalty", "presence_penalty")) {
            body.refuseUnless(
                    drawing,
                    node -> node.isNumber() && node.doubleValue() == 0,
                    "choices are scored, not drawn: leave it out, or 0");
        }
        for (String drawing : List.of("stop", "logit_bias", "min_p", "repeat_penalty")) {
            body.refuseUnless(drawing, JsonBody::saysNothing, "choices are scored, not drawn: leave it out");
        }
        // Of these no value changes which label is the likeliest.
        body.passOver("max_tokens", "max_completion_tokens", "seed", "top_p", "top_k", "parse_special");
        var asked = new Output.Classify(labels, Optional.empty(), Optional.empty());
        return classifications.of(id, terms, prompt, field, asked, Naming.HTTP);
    }

    private static Optional<List<String>> structuredChoice(JsonBody body) {
        return body.object("structured_outputs").map(structured -> {
            List<String> labels =
                    Inputs.texts(structured.required("choice", "an array of texts"), "structured_outputs.choice");
            structured.end();
            return labels;
        });
    }

    private static Optional<Integer> chatLogprobs(JsonBody body) {
        boolean wanted = body.flag("logprobs");
        OptionalInt top = body.whole("top_logprobs");
        if (top.isPresent() && !wanted) {
            throw Refusals.invalid("top_logprobs", top.getAsInt(), "needs logprobs: true");
        }
        return wanted ? Optional.of(top.orElse(0)) : Optional.empty();
    }

    static void refuseForeign(JsonBody body) {
        body.refuseUnless("tools", JsonBody::saysNothing, "tools are not supported");
        body.refuseUnless("functions", JsonBody::saysNothing, "functions are not supported");
        body.refuseUnless("tool_choice", choice -> choice.asText().equals("none"), "tools are not supported");
        body.refuseUnless("function_call", choice -> choice.asText().equals("none"), "functions are not supported");
        body.refuseUnless(
                "response_format",
                format -> format.path("type").asText().equals("text"),
                "only text; for one of some texts use structured_outputs.choice");
        body.refuseUnless(
                "modalities",
                modalities ->
                        modalities.size() == 1 && modalities.get(0).asText().equals("text"),
                "only text is supported");
        body.refuseUnless("audio", JsonBody::saysNothing, "audio is not supported");
        body.refuseUnless(
                "reasoning_effort", effort -> effort.asText().equals("none"), "the model has no such setting");
        body.refuseUnless(
                "verbosity", verbosity -> verbosity.asText().equals("medium"), "the model has no such setting");
        body.refuseUnless("web_search_options", JsonBody::saysNothing, "there is no search");
        body.passOver("parallel_tool_calls", "prediction");
    }
}
