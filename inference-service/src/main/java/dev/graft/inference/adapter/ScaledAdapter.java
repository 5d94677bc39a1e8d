package dev.graft.inference.adapter;

/**
 * An adapter's weights, as strongly as a request asks for them. Whatever was computed with another strength is another adapter's.
 *
 * @param ref the weights
 * @param scale what their effect is multiplied by, besides the adapter's own scale; 1 is the adapter as it is
 */
public record ScaledAdapter(AdapterRef ref, float scale) {
    public static ScaledAdapter asItIs(AdapterRef ref) {
        return new ScaledAdapter(ref, 1);
    }
}
