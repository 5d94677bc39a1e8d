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

    static SlotTable of(
            LlamaModel model,
            LlamaContext context,
            Placeholder placeholder,
            MixingWay way,
            int slots,
            int batchTokens) {
        way.begin(context, placeholder.adapter(), slots);
        Optional<String> fault =
                new MixingCheck(context, model.vocabularySize(), way.kernels()).fault(placeholder.weights());
        if (fault.isEmpty()) {
            return new MixedSlots(context, way);
        }
        context.unmixAdapters();
        return separate(model, context, batchTokens, fault.get());
    }

    /** Each adapter has decodes of its own, whatever could be had. */
    static SlotTable separate(LlamaModel model, LlamaContext context, int batchTokens, String reason) {
        LOG.error("adapters are not mixed, each takes a decode of its own: {}", reason);
        return new SeparateSlots(model, context, batchTokens, reason);
    }
}
