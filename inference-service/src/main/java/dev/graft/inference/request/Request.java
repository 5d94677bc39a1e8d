package dev.graft.inference.request;

import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.ScaledAdapter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A request that passed every check: within all limits, and tokenized. */
public sealed interface Request {
    /** Chosen by the sender, or made up at the door. */
    String id();

    /** Weights, priority and deadline. */
    Terms terms();

    /** Tokens of the prompt, in order; at least one. */
    Tokens prompt();

    /**
     * Text, token by token.
     *
     * @param draw how tokens are drawn
     * @param choices how many answers to draw from the one prompt (OpenAI's {@code n})
     * @param logprobs how many alternatives to report for each token; 0 for the drawn token's alone, empty for none
     * @param promptLogprobs whether to report the prompt's own tokens' log-probabilities (OpenAI's {@code echo})
     * @param chat whether the prompt was a conversation
     */
    record Generate(
            String id,
            Terms terms,
            Tokens prompt,
            Draw draw,
            int choices,
            Optional<Integer> logprobs,
            boolean promptLogprobs,
            boolean chat)
            implements Request {
        /** From a plain text. */
        public Generate(
                String id,
                Terms terms,
                Tokens prompt,
                Draw draw,
                int choices,
                Optional<Integer> logprobs,
                boolean promptLogprobs) {
            this(id, terms, prompt, draw, choices, logprobs, promptLogprobs, false);
        }
    }

    /**
     * One of these labels, by likelihood.
     *
     * @param labels at least two
     * @param contentFree the same prompt around a content-free input, for contextual calibration and for PMI's priors; empty where neither is asked for
     */
    record Classify(
            String id,
            Terms terms,
            Tokens prompt,
            List<Label> labels,
            Normalisation normalisation,
            Calibration calibration,
            Optional<Tokens> contentFree)
            implements Request {}

    /** The mean of the last layer's rows over the prompt's tokens, normalised to length 1. */
    record Embed(String id, Terms terms, Tokens prompt) implements Request {}

    /**
     * What it says besides its prompt and what is asked of it.
     *
     * @param model as it was asked for; empty: it was not
     * @param adapter the weights that it is computed with, and how strongly; empty: the base model's alone
     * @param priority higher goes first
     * @param deadline after this nobody waits for the answer
     */
    record Terms(Optional<String> model, Optional<ScaledAdapter> adapter, int priority, Optional<Instant> deadline) {
        public static final Terms USUAL = new Terms(Optional.empty(), 0, Optional.empty());

        public Terms(Optional<ScaledAdapter> adapter, int priority, Optional<Instant> deadline) {
            this(Optional.empty(), adapter, priority, deadline);
        }

        /** The weights alone. */
        public Optional<AdapterRef> weights() {
            return adapter.map(ScaledAdapter::ref);
        }
    }

    /**
     * @param text as the sender wrote it
     * @param tokens what is scored after the prompt
     */
    record Label(String text, Tokens tokens) {}
}
