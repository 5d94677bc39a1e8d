package dev.graft.model.adapter;

/**
 * The order of Q's and K's rows. Hugging Face turns the pair (i, i + half) of a head together, llama.cpp's Llama the pair (2 i, 2 i + 1): its
 * converter stores rows so ({@code LlamaModel.permute} in {@code conversion/llama.py}).
 */
final class HeadRows {
    private HeadRows() {}

    /**
     * Rows in llama.cpp's order.
     *
     * @param rows in Hugging Face's
     * @param heads how many heads they belong to; 0 where both orders are the same
     * @param rowCount an even number for each head
     */
    static byte[] toLlama(byte[] rows, int heads, int rowCount) {
        return heads == 0 ? rows : moved(rows, heads, rowCount, true);
    }

    /** The way back. */
    static byte[] toHuggingFace(byte[] rows, int heads, int rowCount) {
        return heads == 0 ? rows : moved(rows, heads, rowCount, false);
    }

    private static byte[] moved(byte[] rows, int heads, int rowCount, boolean toLlama) {
        byte[] moved = new byte[rows.length];
        int width = rows.length / rowCount;
        int headRows = rowCount / heads;
        int half = headRows / 2;
        for (int row = 0; row < rowCount; row++) {
            int inHead = row % headRows;
            int paired = row - inHead + inHead % half * 2 + inHead / half;
            System.arraycopy(rows, (toLlama ? row : paired) * width, moved, (toLlama ? paired : row) * width, width);
        }
        return moved;
    }
}
