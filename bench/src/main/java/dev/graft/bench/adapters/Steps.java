package dev.graft.bench.adapters;

import dev.graft.bench.row.Percentiles;
import dev.graft.bench.server.Machine;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import dev.graft.model.adapter.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;

/** Times of decode steps, in this process: one of each side, and again, in alternating order; medians in ms. */
record Steps(Machine machine, AdapterFolder adapters, int count) {
    private static final int WARM_UP = 50;
    private static final int BASE = 0;

    /** Each sequence with its own adapter, against all with one, in the same context. */
    Sides mixed(int sequences, Set<Target> targets, Precision precision) throws IOException {
        List<AdapterWeights> weights = new ArrayList<>();
        try (LlamaModel model = open();
                Sequences context = new Sequences(model, sequences)) {
            LlamaAdapter placeholder = LlamaAdapter.open(model, adapters.placeholder());
            load(weights, targets, sequences, precision);
            context.mix(placeholder, weights);
            context.prefill(sequence -> sequence + 1);
            return medians(() -> context.stepMs(sequence -> sequence + 1), () -> context.stepMs(_ -> 1));
        } finally {
            weights.forEach(AdapterWeights::close);
        }
    }

    /** None with an adapter while 32 are loaded, against a context that knows nothing of adapters. */
    Sides baseOnly(int sequences) throws IOException {
        List<AdapterWeights> weights = new ArrayList<>();
        try (LlamaModel model = open();
                Sequences plain = new Sequences(model, sequences)) {
            LlamaAdapter placeholder = LlamaAdapter.open(model, adapters.placeholder());
            try (Sequences context = new Sequences(model, sequences)) {
                load(weights, AdapterFolder.QV, 32, Precision.F16);
                context.mix(placeholder, weights);
                context.prefill(_ -> BASE);
                plain.prefill(_ -> BASE);
                return medians(() -> context.stepMs(_ -> BASE), () -> plain.stepMs(_ -> BASE));
            }
        } finally {
            weights.forEach(AdapterWeights::close);
        }
    }

    private LlamaModel open() {
        LlamaLibrary library = LlamaLibrary.load(Optional.empty());
        return LlamaModel.open(library, machine.model(), 0, Products.fastest());
    }

    private void load(List<AdapterWeights> into, Set<Target> targets, int number, Precision precision)
            throws IOException {
        for (var file : adapters.files(targets, number)) {
            into.add(SlotWeights.read(file, adapters.base(), precision));
        }
    }

    private Sides medians(DoubleSupplier graft, DoubleSupplier peer) {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int step = -WARM_UP; step < count; step++) {
            boolean first = step % 2 == 0;
            double before = first ? graft.getAsDouble() : peer.getAsDouble();
            double after = first ? peer.getAsDouble() : graft.getAsDouble();
            if (step >= 0) {
                ours.add(first ? before : after);
                theirs.add(first ? after : before);
            }
        }
        return new Sides(Percentiles.median(ours), Percentiles.median(theirs));
    }
}
