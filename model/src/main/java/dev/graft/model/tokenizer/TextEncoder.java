package dev.graft.model.tokenizer;

/** Turns text that holds no special tokens into tokens, and tells what bytes a token stands for. Thread-safe; a session is not. */
interface TextEncoder {
    /** Room to work in, for one call of one thread. */
    Session session();

    /** The bytes that a token's text stands for; its own text where it is special. */
    byte[] bytes(int token);

    /** Encodes one text after the other into the same list. */
    interface Session {
        /** @param afterSpecial whether it stands at the beginning of a prompt or behind a special token */
        void encode(String text, boolean afterSpecial, Ints tokens);
    }
}
