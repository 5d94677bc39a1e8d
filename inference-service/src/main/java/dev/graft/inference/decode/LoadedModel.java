package dev.graft.inference.decode;

import dev.graft.contracts.Served;
import dev.graft.inference.admission.AdmissionQueue;
import dev.graft.inference.observe.EngineMetrics;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.inference.settings.InferenceSettings.ModelSettings;
import dev.graft.inference.settings.LlamaSettings;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import dev.graft.llama.ThreadPriority;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model with its contexts, and the loop that drives them. Opened, used and closed on the decode thread. */
final class LoadedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

    private final LlamaModel model;
    private final LlamaContext context;
    private final AdapterSlots adapters;
    private final SlotTable slots;
    private final Embedder embedder;
    private final DecodeLoop loop;

    private LoadedModel(
            LlamaModel model,
            LlamaContext context,
            AdapterSlots adapters,
            SlotTable slots,
            Embedder embedder,
            DecodeLoop loop) {
        this.model = model;
        this.context = context;
        this.adapters = adapters;
        this.slots = slots;
        this.embedder = embedder;
        this.loop = loop;
    }

    /**
     * Checks the file in Java, then lets llama.cpp load it.
     *
     * @throws dev.graft.model.gguf.MalformedGgufException when the file is not a sound Llama model
     * @throws dev.graft.llama.LlamaException when llama.cpp or the machine's memory refuse
     */
    static LoadedModel open(
            InferenceSettings settings,
            AdmissionQueue queue,
            AdapterSlots adapters,
            TokenTexts texts,
            EngineMetrics metrics) {
        GgufFile file = read(settings.model().file());
        LlamaModelFile facts = LlamaModelFile.check(file);
        LlamaSettings llama = settings.llama();
        LlamaLibrary library = LibraryChoice.of(settings);
        LOG.info("llama.cpp computes with {}", library.systemInfo());
        int threads = llama.threads().orElse(Runtime.getRuntime().availableProcessors());
        Products products =
                llama.products().map(asked -> Products.valueOf(asked.name())).orElseGet(() -> ProductChoice.of(file));
        LlamaModel model = LlamaModel.open(library, settings.model().file(), llama.gpuLayers(), products);
        takePrecedence(llama.nice());
        Attention attention = Attention.valueOf(llama.attention().name()).onThisProcessor();
        MixingWay way = MixingWay.of(model, adapters.reader());
        Placeholder placeholder = Placeholder.open(model, adapters.reader(), way.rank());
        LlamaContext context = LlamaContext.open(
                model,
                new ContextOptions(
                        llama.contextTokens(), llama.batchTokens(), llama.slots(), threads, attention, false));
        SlotTable slots = settings.adapters().mixing()
                ? SlotChoice.of(model, context, placeholder, way, adapters.count(), llama.batchTokens())
                : SlotChoice.separate(model, context, llama.batchTokens(), "graft.adapters.mixing is false");
        placeholder.close();
        Embedder embedder =
                new Embedder(model, Math.min(facts.contextLength(), llama.contextTokens()), threads, attention);
        EngineOptions options = new EngineOptions(
                llama.contextTokens(),
                llama.prefixCells(),
                llama.batchTokens(),
                llama.prefillTokens(),
                llama.mixedTokens(),
                llama.burstTokens(),
                threads);
        metrics.mixed(slots instanceof MixedSlots);
        metrics.offloaded(model.offloadedLayers(), model.layers());
        Served served = Served.base(ModelSettings.nameOf(settings.model()));
        LOG.info(
                "loaded {} ({}, {} layers, {} with the output on the GPU), {} KV cells, {} slots, {} threads, {} attention, {} products",
                settings.model().file(),
                facts.quantisation(),
                model.layers(),
                model.offloadedLayers(),
                llama.contextTokens(),
                llama.slots(),
                threads,
                attention,
                products);
        return new LoadedModel(
                model,
                context,
                adapters,
                slots,
                embedder,
                new DecodeLoop(queue, context, adapters, slots, embedder, options, texts, served, metrics));
    }

    /** This thread and those that llama.cpp creates from it. */
    private static void takePrecedence(int nice) {
        if (nice != 0 && !ThreadPriority.nice(nice)) {
            LOG.info(
                    "the kernel does not allow nice value {} (CAP_SYS_NICE): other programs get as much of the cores",
                    nice);
        }
    }

    private static GgufFile read(Path file) {
        try {
            return GgufFile.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model file " + file, e);
        }
    }

    /** How adapters are computed. */
    String adapterPath() {
        return slots.description();
    }

    DecodeLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        embedder.close();
        slots.close();
        context.close();
        adapters.close();
        model.close();
    }
}
