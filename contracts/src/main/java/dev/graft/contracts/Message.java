package dev.graft.contracts;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content plain text; never read as markup, so that no content can pose as another role
 */
public record Message(String role, String content) {}
