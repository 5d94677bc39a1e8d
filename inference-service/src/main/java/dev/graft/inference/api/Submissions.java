package dev.graft.inference.api;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Requests;
import dev.graft.inference.request.Requests.Asked;
import dev.graft.inference.request.TermNames;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Between a call and the engine. */
@Singleton
final class Submissions {
    private final Inference inference;
    private final Requests requests;
    private final InferenceSettings settings;

    Submissions(Inference inference, Requests requests, InferenceSettings settings) {
        this.inference = inference;
        this.requests = requests;
        this.settings = settings;
    }

    /** Takes what one request's answer brings. */
    interface Reader {
        void text(int choice, String text, List<ScoredToken> tokens) throws InterruptedException;

        void ended(int choice, Finish finish) throws InterruptedException;
    }

    /** @throws FaultException where the queue has no room, though there was some when the call began, or the service is stopping */
    Answer submit(Call call, Request request) {
        return call.reads(inference.submit(request));
    }

    /** Reads an answer to its end. */
    static Done read(Answer answer, Reader reader) throws InterruptedException {
        while (true) {
            switch (answer.next()) {
                case AnswerEvent.Text text -> reader.text(text.choice(), text.text(), text.tokens());
                case AnswerEvent.ChoiceEnded ended -> reader.ended(ended.choice(), ended.finish());
                case AnswerEvent.Failed failed -> throw new FaultException(failed.fault());
                case Done done -> {
                    return done;
                }
            }
        }
    }

    /** Ends of all these requests, in their order; never more in the queue at once than there are slots, so that one call does not fill it. */
    List<Done> ends(Call call, List<? extends Request> all) throws InterruptedException {
        int window = settings.llama().slots();
        List<Answer> open = new ArrayList<>();
        List<Done> ends = new ArrayList<>();
        for (Request request : all) {
            if (open.size() - ends.size() >= window) {
                ends.add(end(open.get(ends.size())));
            }
            open.add(submit(call, request));
        }
        while (ends.size() < open.size()) {
            ends.add(end(open.get(ends.size())));
        }
        return ends;
    }

    static LabelProbability likeliest(List<LabelProbability> labels) {
        return labels.stream()
                .max(Comparator.comparingDouble(LabelProbability::probability))
                .orElseThrow();
    }

    /** Reads what every call may say of its model and its terms. */
    Terms admission(JsonBody body) {
        Optional<String> user = body.text("user").or(() -> body.text("safety_identifier"));
        body.passOver("metadata", "store", "service_tier", "prompt_cache_key");
        Duration wait = settings.limits().deadline();
        var asked = body.whole("deadline_ms");
        if (asked.isPresent()) {
            wait = Duration.ofMillis(asked.getAsInt());
        }
        var terms = new Asked(
                body.text("model"),
                user,
                body.number("lora_scale"),
                body.whole("priority").orElse(0),
                Optional.of(Instant.now().plus(wait)));
        return requests.terms(terms, TermNames.HTTP);
    }

    /** Unique, and such as OpenAI's. */
    static String id(String prefix) {
        var random = ThreadLocalRandom.current();
        return prefix + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    private static Done end(Answer answer) throws InterruptedException {
        return read(answer, new Reader() {
            @Override
            public void text(int choice, String text, List<ScoredToken> tokens) {}

            @Override
            public void ended(int choice, Finish finish) {}
        });
    }
}
