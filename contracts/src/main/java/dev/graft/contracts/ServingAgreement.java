package dev.graft.contracts;

/**
 * How far the trained network and the one that serves its adapter say the same of the next token, at the learned places of some examples.
 *
 * @param examples that were compared
 * @param tokens places that were compared, all examples together
 * @param sameLikeliest share of the places at which both find the same token likeliest
 * @param meanDivergence mean over the places of KL(served, trained) in nats: over the served one's likeliest tokens, all others as one
 */
public record ServingAgreement(int examples, int tokens, double sameLikeliest, double meanDivergence) {}
