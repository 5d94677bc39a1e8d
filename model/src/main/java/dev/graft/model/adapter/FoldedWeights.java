package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Weights times a factor, as 32-bit floats, and the way back. Dividing again gives 16-bit weights exactly; 32-bit ones may be off in their last
 * bits: by how much is the residue, which takes a few hundredths of the weights' own size.
 */
final class FoldedWeights {
    private FoldedWeights() {}

    /** Each weight, widened to 32 bits, times the factor. */
    static byte[] folded(GgufType type, byte[] weights, float factor) {
        int count = weights.length / type.blockBytes();
        byte[] folded = new byte[Math.multiplyExact(count, Float.BYTES)];
        for (int i = 0; i < count; i++) {
            float product = Floats.read(type, weights, i) * factor;
            Floats.put(GgufType.F32, folded, i, Float.floatToRawIntBits(product));
        }
        return folded;
    }

    /** What {@link #unfolded} needs to give these weights again; empty where it needs nothing. */
    static String residue(GgufType type, byte[] weights, float factor) {
        byte[] back = divided(type, folded(type, weights, factor), factor);
        var packed = new ByteArrayOutputStream();
        boolean exact = true;
        try (var out = new DataOutputStream(new DeflaterOutputStream(packed))) {
            for (int i = 0; i < weights.length / type.blockBytes(); i++) {
                int off = Floats.bits(type, weights, i) - Floats.bits(type, back, i);
                exact &= off == 0;
                out.writeInt(off);
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return exact ? "" : Base64.getEncoder().encodeToString(packed.toByteArray());
    }

    /**
     * The weights as they were before they were folded.
     *
     * @throws MalformedPeftException where the residue is none of so many weights
     */
    static byte[] unfolded(GgufType type, byte[] folded, float factor, String residue) {
        byte[] weights = divided(type, folded, factor);
        if (residue.isEmpty()) {
            return weights;
        }
        try (var in = new DataInputStream(new InflaterInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(residue))))) {
            for (int i = 0; i < weights.length / type.blockBytes(); i++) {
                Floats.put(type, weights, i, Floats.bits(type, weights, i) + in.readInt());
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedPeftException(PeftOrigin.RESIDUES, "not readable", "must be as the import wrote it");
        }
        return weights;
    }

    private static byte[] divided(GgufType type, byte[] folded, float factor) {
        int count = folded.length / Float.BYTES;
        byte[] weights = new byte[count * type.blockBytes()];
        for (int i = 0; i < count; i++) {
            Floats.put(type, weights, i, Floats.narrowed(type, Floats.read(GgufType.F32, folded, i) / factor));
        }
        return weights;
    }
}
