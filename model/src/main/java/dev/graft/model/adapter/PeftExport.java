package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Makes a PEFT folder of a GGUF adapter. Of one that {@link PeftImport} made, both files come back byte for byte, which is proven by their
 * checksum; of any other, the folder says in plain LoRA what llama.cpp would compute.
 */
public final class PeftExport {
    private final GgufWeights weights;
    private final Safetensors header;
    private final String config;
    private final Optional<PeftOrigin> origin;

    private PeftExport(GgufWeights weights, Safetensors header, String config, Optional<PeftOrigin> origin) {
        this.weights = weights;
        this.header = header;
        this.config = config;
        this.origin = origin;
    }

    /**
     * Exports a file into a folder, which is made where it is missing.
     *
     * @param file a GGUF adapter
     * @param base the model that it fits
     * @param mostRank the highest rank that is allowed
     * @param folder where {@code adapter_model.safetensors} and {@code adapter_config.json} appear, each when it is complete
     * @throws dev.graft.model.gguf.MalformedGgufException where the file is no sound adapter of this base
     * @throws MalformedPeftException where it was imported from PEFT and changed since
     */
    public static void write(Path file, LlamaModelFile base, int mostRank, Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            PeftExport export = of(GgufFile.read(channel), ByteSource.of(channel), base, mostRank);
            Files.createDirectories(folder);
            try (var weights = new FileInTheMaking(folder.resolve(Safetensors.FILE));
                    var config = new FileInTheMaking(folder.resolve(PeftConfig.FILE))) {
                export.writeWeights(weights.stream());
                export.writeConfig(config.stream());
                weights.appear();
                config.appear();
            }
        }
    }

    static PeftExport of(GgufFile header, ByteSource bytes, LlamaModelFile base, int mostRank) throws IOException {
        AdapterFile adapter = AdapterFile.check(header, bytes, base, mostRank);
        Optional<PeftOrigin> origin = PeftOrigin.of(header);
        if (origin.isPresent()) {
            Safetensors original = SafetensorsReader.read(origin.get().header());
            var weights = new GgufWeights(adapter, base, bytes, origin.get()::folding);
            weights.mustBe(original);
            return new PeftExport(weights, original, origin.get().config(), origin);
        }
        var weights = new GgufWeights(adapter, base, bytes, weight -> PeftOrigin.NONE);
        return new PeftExport(
                weights, SafetensorsWriter.layout(weights.tensors()), PlainConfig.text(adapter, base.layers()), origin);
    }

    void writeConfig(OutputStream out) throws IOException {
        out.write(config.getBytes(StandardCharsets.UTF_8));
    }

    void writeWeights(OutputStream out) throws IOException {
        MessageDigest digest = PeftAdapter.digest();
        var digested = new DigestOutputStream(new BufferedOutputStream(out, 1 << 16), digest);
        SafetensorsWriter.writeHeader(header, digested);
        for (SafeTensor tensor : header.tensors()) {
            digested.write(weights.data(tensor));
        }
        digested.flush();
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (origin.isPresent() && !origin.get().sha256().equals(sha256)) {
            throw new MalformedPeftException(
                    PeftOrigin.SHA256,
                    origin.get().sha256(),
                    "its weights give " + sha256 + ": they were changed after the import");
        }
    }
}
