package dev.graft.model.adapter;

/**
 * What an adapter adds to one weight: {@code scale · B · A · x}.
 *
 * @param layer from 0
 * @param target which of the layer's weights
 * @param rank rows of A and columns of B
 * @param scale alpha / rank, or 1 where alpha is 0, as llama.cpp has it
 * @param a {@code [rank][inputs]}
 * @param b {@code [outputs][rank]}; rows of Q and K in llama.cpp's order
 */
public record AdapterPair(int layer, Target target, int rank, float scale, AdapterMatrix a, AdapterMatrix b) {}
