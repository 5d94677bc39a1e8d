package dev.graft.cli.demo;

/**
 * A sentence of a product review.
 *
 * @param id as its makers number it, such as {@code 1_17}
 * @param label what ten people found it to be, in the mean
 * @param text the sentence
 */
public record Review(String id, Sentiment label, String text) {}
