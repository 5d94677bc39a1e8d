package dev.graft.llama;

/**
 * Which adapter a token is computed with, and how strongly.
 *
 * @param slot of the adapter, from 1; 0: none
 * @param scale what its effect is multiplied by, a finite number; 1 as the adapter is
 */
public record AdapterUse(int slot, float scale) {
    public static final AdapterUse NONE = new AdapterUse(0, 1);

    public AdapterUse {
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("scale " + scale);
        }
    }
}
