package dev.graft.inference.request;

import java.util.Locale;

/**
 * What a door's senders call the fields of {@link dev.graft.contracts.Sampling} and its like, so that a fault names what they wrote.
 *
 * @param prefix path of the object that holds them, with its dot; may be empty
 * @param snake whether names are in snake case
 */
public record Naming(String prefix, boolean snake) {
    /** OpenAI's: {@code max_tokens}. */
    public static final Naming HTTP = new Naming("", true);
    /** The events': {@code output.sampling.maxTokens}. */
    public static final Naming EVENT = new Naming("output.", false);

    /** @param name in camel case */
    public String of(String name) {
        return prefix + (snake ? name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT) : name);
    }

    /** The same door's names one level deeper. */
    public Naming within(String object) {
        return snake ? this : new Naming(prefix + object + ".", false);
    }
}
