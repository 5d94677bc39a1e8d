package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** What a request may ask for; beyond it, it is refused with the figures. */
public interface Limits {
    /** Requests that wait for a slot; one more is refused: 429 with Retry-After. */
    @WithDefault("64")
    int queue();

    /** Bytes of a request's body; more is 413. */
    @WithDefault("4194304")
    int bodyBytes();

    /** Tokens of a prompt; default: what the KV cells and the model's training length leave room for. */
    OptionalInt promptTokens();

    /** Tokens of one answer that may be asked for. */
    @WithDefault("4096")
    int maxTokens();

    /** Answers drawn from one prompt (OpenAI's {@code n}). */
    @WithDefault("16")
    int choices();

    /** Prompts of one HTTP call (an array of prompts or inputs). */
    @WithDefault("64")
    int inputs();

    /** Labels of one classification. */
    @WithDefault("256")
    int labels();

    /** Tokens of one label. */
    @WithDefault("64")
    int labelTokens();

    /** Stop texts of one request; OpenAI allows 4. */
    @WithDefault("16")
    int stopTexts();

    /** Characters of one stop text. */
    @WithDefault("256")
    int stopTextChars();

    /** Alternatives reported for each token ({@code top_logprobs}). */
    @WithDefault("20")
    int logprobs();

    /** Tokens whose logits a request biases. */
    @WithDefault("300")
    int logitBias();

    /** Time after which an HTTP request without a deadline of its own is given up. */
    @WithDefault("5M")
    Duration deadline();

    /** The furthest deadline that a request may name. */
    @WithDefault("1H")
    Duration longestDeadline();
}
