package dev.graft.bench.training;

/** A figure, and the one that it is held against. */
record Sides(double graft, double peer) {}
