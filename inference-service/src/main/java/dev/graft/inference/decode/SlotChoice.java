package dev.graft.inference.decode;

import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaModel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mixed batches, unless they can't be had here: then log and readiness say why. */
final class SlotChoice {
    private static final Logger LOG = LoggerFactory.getLogger(SlotChoice.class);

    private SlotChoice() {}

    static SlotTable of(LlamaModel model, LlamaContext context, Placeholder placeholder, int slots, int batchTokens) {
        if (model.offloadedLayers() > 0) {
            return separate(model, context, batchTokens, "layers are on the GPU");
        }
        if (!LlamaContext.canMixAdapters()) {
            return separate(model, context, batchTokens, "the processor has no AVX2");
        }
        context.mixAdapters(placeholder.adapter(), slots);
        Optional<String> fault = new MixingCheck(context, model.vocabularySize()).fault(placeholder.weights());
        if (fault.isEmpty()) {
            return new MixedSlots(context);
        }
        context.unmixAdapters();
        return separate(model, context, batchTokens, fault.get());
    }

    private static SlotTable separate(LlamaModel model, LlamaContext context, int batchTokens, String reason) {
        LOG.error("adapters are not mixed, each takes a decode of its own: {}", reason);
        return new SeparateSlots(model, context, batchTokens, reason);
    }
}
