package dev.graft.llama;

/**
 * What a {@link LlamaContext} is made for.
 *
 * @param cells KV cells, one a token, shared by all sequences
 * @param batchTokens the most tokens of one {@link LlamaContext#decode}
 * @param microBatchTokens the most that are computed at once; a decode of more is split
 * @param sequences the most sequences that give logits in one decode
 * @param threads CPU threads that compute
 * @param attention who computes attention
 * @param embeddings whether the last layer's rows are wanted, instead of logits
 */
public record ContextOptions(
        int cells,
        int batchTokens,
        int microBatchTokens,
        int sequences,
        int threads,
        Attention attention,
        boolean embeddings) {
    /** Without splitting. */
    public ContextOptions(
            int cells, int batchTokens, int sequences, int threads, Attention attention, boolean embeddings) {
        this(cells, batchTokens, batchTokens, sequences, threads, attention, embeddings);
    }
}
