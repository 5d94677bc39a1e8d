package dev.graft.contracts;

/**
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of these, how many were not computed because their KV cells were there already
 * @param completionTokens tokens of the answer; of a classification, those of the labels
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens) {}
