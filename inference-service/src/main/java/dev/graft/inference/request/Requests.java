package dev.graft.inference.request;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.Adapters;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** From what a door received to a {@link Request}: every check, in one place for both doors. Each refusal is a {@code FaultException}. */
@Singleton
public class Requests {
    private static final int LONGEST_ID = 200;
    private static final float MOST_SCALE = 8;

    private final Adapters adapters;
    private final PromptTokens prompts;
    private final Draws draws;
    private final Classifications classifications;
    private final InferenceSettings settings;

    public Requests(
            Adapters adapters,
            PromptTokens prompts,
            Draws draws,
            Classifications classifications,
            InferenceSettings settings) {
        this.adapters = adapters;
        this.prompts = prompts;
        this.draws = draws;
        this.classifications = classifications;
        this.settings = settings;
    }

    /** An event's request. Without a deadline it has none. */
    public Request of(InferenceRequest event) {
        if (event.id().isEmpty() || event.id().length() > LONGEST_ID) {
            throw Refusals.invalid(
                    "id", event.id().length() + " characters", "must have from 1 to " + LONGEST_ID + " characters");
        }
        Terms terms = terms(
                new Asked(event.model(), event.user(), event.loraScale(), event.priority(), event.deadline()),
                TermNames.EVENT);
        String field = event.prompt() instanceof Prompt.Chat ? "prompt.messages" : "prompt.text";
        return switch (event.output()) {
            case Output.Generate generate ->
                generate(
                        event.id(),
                        terms,
                        prompts.of(event.prompt(), field),
                        event.prompt() instanceof Prompt.Chat,
                        generate.sampling(),
                        Naming.EVENT.within("sampling"),
                        Reported.NOTHING);
            case Output.Classify classify ->
                classifications.of(event.id(), terms, event.prompt(), field, classify, Naming.EVENT);
        };
    }

    /**
     * What is asked for besides text.
     *
     * @param choices answers to draw
     * @param logprobs alternatives for each token; empty for no log-probabilities
     * @param promptLogprobs whether for the prompt's tokens as well
     * @param promptOnly whether an answer of no tokens is allowed
     */
    public record Reported(int choices, Optional<Integer> logprobs, boolean promptLogprobs, boolean promptOnly) {
        static final Reported NOTHING = new Reported(1, Optional.empty(), false, false);
    }

    /**
     * Generated text.
     *
     * @param chat whether the prompt was a conversation
     */
    public Request.Generate generate(
            String id, Terms terms, Tokens prompt, boolean chat, Sampling sampling, Naming names, Reported reported) {
        int choices =
                Refusals.between("n", reported.choices(), 1, settings.limits().choices());
        reported.logprobs()
                .ifPresent(n -> Refusals.between(
                        names.of("logprobs"), n, 0, settings.limits().logprobs()));
        int perChoice = (settings.llama().contextTokens() - prompt.length()) / choices;
        int room = Math.min(prompts.room() - prompt.length(), perChoice);
        Draw draw = draws.of(sampling, names, room, reported.promptOnly() ? 0 : 1);
        return new Request.Generate(
                id, terms, prompt, draw, choices, reported.logprobs(), reported.promptLogprobs(), chat);
    }

    /**
     * What a request says besides its prompt and what it wants of it, unchecked.
     *
     * @param model of the base or an adapter; see {@link Adapters#choose}
     * @param key what the request belongs to, such as its user
     * @param loraScale what the adapter's effect is to be multiplied by
     * @param priority higher goes first
     * @param deadline after this nobody waits for the answer
     */
    public record Asked(
            Optional<String> model,
            Optional<String> key,
            OptionalDouble loraScale,
            int priority,
            Optional<Instant> deadline) {}

    /**
     * Chooses the weights and waits until they are loaded; refuses a model that isn't served, a scale that is out of bounds or has no adapter, and a
     * deadline that is too far away.
     */
    public Terms terms(Asked asked, TermNames names) {
        Duration longest = settings.limits().longestDeadline();
        asked.deadline()
                .filter(deadline -> deadline.isAfter(Instant.now().plus(longest)))
                .ifPresent(deadline -> {
                    throw Refusals.refused(
                            "deadline_too_far",
                            names.deadline(),
                            deadline,
                            "must be within " + longest.toSeconds() + " s from now");
                });
        Optional<AdapterRef> adapter = adapters.choose(asked.model(), asked.key(), "model");
        float scale = scale(asked.loraScale(), adapter.isPresent(), names);
        adapter.ifPresent(
                chosen -> await(chosen, asked.deadline().orElse(Instant.now().plus(longest))));
        return new Terms(
                asked.model(),
                adapter.map(chosen -> new ScaledAdapter(chosen, scale)),
                asked.priority(),
                asked.deadline());
    }

    private static float scale(OptionalDouble asked, boolean hasAdapter, TermNames names) {
        if (asked.isEmpty()) {
            return 1;
        }
        if (!hasAdapter) {
            throw Refusals.invalid(
                    names.loraScale(),
                    asked.getAsDouble(),
                    "goes with an adapter: name one as the model, or leave it out");
        }
        float scale = Refusals.between(names.loraScale(), asked.getAsDouble(), -MOST_SCALE, MOST_SCALE);
        return scale == 0 ? 0 : scale; // there is one zero: what it computes is kept for all who ask for it
    }

    private void await(AdapterRef chosen, Instant until) {
        try {
            adapters.await(chosen, until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.ended("cancelled", "it was given up while its adapter was being loaded"));
        }
    }
}
