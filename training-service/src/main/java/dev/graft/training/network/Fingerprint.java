package dev.graft.training.network;

import dev.graft.model.LlamaModelFile;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Tells one training from another: SHA-256 over recipe, base and data. */
final class Fingerprint {
    private Fingerprint() {}

    static byte[] of(Recipe recipe, LlamaModelFile base, List<TokenizedExample> examples) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((recipe + "\n" + base + "\n").getBytes(StandardCharsets.UTF_8));
            for (TokenizedExample example : examples) {
                ByteBuffer bytes = ByteBuffer.allocate((example.tokens().length + 2) * Integer.BYTES);
                bytes.putInt(example.tokens().length).putInt(example.completionFrom());
                bytes.asIntBuffer().put(example.tokens());
                digest.update(bytes.array());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
