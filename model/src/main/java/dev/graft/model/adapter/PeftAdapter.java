package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A PEFT folder, checked: what it says, and where each module's weights are.
 *
 * @param config its {@code adapter_config.json}
 * @param header of its {@code adapter_model.safetensors}
 * @param modules by layer, then target
 * @param weights that whole file
 */
record PeftAdapter(PeftConfig config, Safetensors header, List<PeftModule> modules, ByteSource weights) {
    PeftAdapter {
        modules = List.copyOf(modules);
    }

    /**
     * Reads and checks all but the configuration, which is there already.
     *
     * @throws MalformedPeftException where weights and configuration don't fit each other or the base, or a weight is no finite number
     */
    static PeftAdapter read(PeftConfig config, ByteSource weights, LlamaModelFile base, int mostRank)
            throws IOException {
        Safetensors header = SafetensorsReader.read(weights);
        var adapter = new PeftAdapter(config, header, PeftModules.of(config, header, base, mostRank), weights);
        var scan = new FiniteScan(weights);
        for (SafeTensor tensor : header.tensors()) {
            if (scan.firstNotFinite(tensor.type(), adapter.position(tensor), tensor.bytes()) >= 0) {
                throw new MalformedPeftException(tensor.name(), "not finite", "every weight must be a finite number");
            }
        }
        return adapter;
    }

    /** The data of one of its tensors. */
    byte[] data(SafeTensor tensor) throws IOException {
        byte[] data = new byte[tensor.bytes()];
        weights.read(position(tensor), data, data.length);
        return data;
    }

    private long position(SafeTensor tensor) {
        return weights.size() - header.dataBytes() + tensor.begin();
    }

    /** SHA-256 of its weights' file, in hexadecimal. */
    String sha256() throws IOException {
        MessageDigest digest = digest();
        byte[] piece = new byte[(int) Math.min(1 << 16, weights.size())];
        for (long at = 0; at < weights.size(); at += piece.length) {
            int count = (int) Math.min(piece.length, weights.size() - at);
            weights.read(at, piece, count);
            digest.update(piece, 0, count);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
