package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a GGUF adapter of a PEFT folder: plain LoRA and rsLoRA, with rank and alpha patterns. Weights become 32-bit floats, whatever they were, so
 * that none is rounded, neither here nor when llama.cpp multiplies; rows of Q and K are put in llama.cpp's order. Everything that
 * {@link PeftExport} needs to give the folder again, byte for byte, is kept in the file's metadata.
 */
public final class PeftImport {
    /** What a folder must hold. */
    public static final List<String> FILES = List.of(PeftConfig.FILE, Safetensors.FILE);

    private static final int LONGEST_CONFIG = 1 << 18;

    private PeftImport() {}

    /**
     * Imports a folder into a file, which appears when it is complete.
     *
     * @param folder with {@code adapter_model.safetensors} and {@code adapter_config.json}
     * @param base the model that it must fit
     * @param mostRank the highest rank that is allowed
     * @param file replaced if it is there
     * @return what {@link AdapterFile#check} says of the new file
     * @throws MalformedPeftException where the folder is no sound adapter of this base, or asks for more than LoRA: names the field at fault
     */
    public static AdapterFile write(Path folder, LlamaModelFile base, int mostRank, Path file) throws IOException {
        PeftConfig config = PeftConfigReader.read(config(folder.resolve(PeftConfig.FILE)));
        try (FileChannel weights = FileChannel.open(folder.resolve(Safetensors.FILE), StandardOpenOption.READ);
                var written = new FileInTheMaking(file)) {
            gguf(PeftAdapter.read(config, ByteSource.of(weights), base, mostRank), base)
                    .writeTo(written.stream());
            AdapterFile adapter = AdapterFile.check(written.complete(), base, mostRank);
            written.appear();
            return adapter;
        }
    }

    private static String config(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST_CONFIG + 1);
            if (bytes.length > LONGEST_CONFIG) {
                throw new MalformedPeftException(
                        PeftConfig.FILE, "over " + LONGEST_CONFIG + " bytes", "has at most so many");
            }
            return StrictJson.utf8(PeftConfig.FILE, bytes);
        }
    }

    static GgufWriter gguf(PeftAdapter adapter, LlamaModelFile base) throws IOException {
        ScalePlan plan = ScalePlan.of(adapter.modules());
        var writer = new GgufWriter()
                .put(AdapterCheck.ARCHITECTURE, AdapterCheck.LLAMA)
                .put(AdapterCheck.TYPE, "adapter")
                .put(AdapterCheck.ADAPTER_TYPE, "lora")
                .put(AdapterCheck.ALPHA, plan.alpha());
        new PeftOrigin(adapter.config().text(), adapter.header().header(), adapter.sha256(), foldings(adapter, plan))
                .putInto(writer);
        for (PeftModule module : adapter.modules()) {
            put(writer, adapter, module, plan.factor(module), base);
        }
        return writer;
    }

    private static Map<String, PeftOrigin.Folding> foldings(PeftAdapter adapter, ScalePlan plan) throws IOException {
        Map<String, PeftOrigin.Folding> foldings = new LinkedHashMap<>();
        for (PeftModule module : adapter.modules()) {
            float factor = plan.factor(module);
            if (factor != 1) {
                String residue = FoldedWeights.residue(module.b().type(), adapter.data(module.b()), factor);
                foldings.put(module.target().tensor(module.layer()), new PeftOrigin.Folding(factor, residue));
            }
        }
        return foldings;
    }

    private static void put(
            GgufWriter writer, PeftAdapter adapter, PeftModule module, float factor, LlamaModelFile base) {
        Target target = module.target();
        String weight = target.tensor(module.layer());
        writer.tensor(
                weight + AdapterCheck.A,
                List.of((long) target.inputs(base), (long) module.rank()),
                GgufType.F32,
                out -> out.write(FoldedWeights.folded(module.a().type(), adapter.data(module.a()), 1)));
        writer.tensor(
                weight + AdapterCheck.B,
                List.of((long) module.rank(), (long) target.outputs(base)),
                GgufType.F32,
                out -> out.write(HeadRows.toLlama(
                        FoldedWeights.folded(module.b().type(), adapter.data(module.b()), factor),
                        target.permutedHeads(base),
                        target.outputs(base))));
    }
}
