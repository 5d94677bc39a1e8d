package dev.graft.inference.decode;

/**
 * What the decode loop is made for.
 *
 * @param cells KV cells over all requests and cached prefixes
 * @param prefixCells of these, the most that cached prefixes may keep
 * @param batchTokens the most tokens of a step
 * @param prefillTokens tokens of prompts in a step without running answers
 * @param mixedTokens tokens of prompts in a step that has running answers
 * @param burstTokens the most tokens of short prompts that running answers wait for
 * @param threads the most threads that compute
 */
record EngineOptions(
        int cells,
        int prefixCells,
        int batchTokens,
        int prefillTokens,
        int mixedTokens,
        int burstTokens,
        int threads) {}
