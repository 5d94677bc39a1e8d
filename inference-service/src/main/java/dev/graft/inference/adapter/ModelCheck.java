package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.MalformedGgufException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds adapters against the served model: names, shapes, rank, and that every number is finite. */
@Singleton
final class ModelCheck implements AdapterCheck {
    private final Path model;
    private final int mostRank;
    private volatile @Nullable LlamaModelFile base;

    ModelCheck(InferenceSettings settings) {
        model = settings.model().file();
        mostRank = settings.adapters().rank();
    }

    @Override
    public Facts check(Path file) {
        try {
            AdapterFile adapter = AdapterFile.check(file, base(), mostRank);
            List<String> targets = adapter.targets().stream()
                    .sorted()
                    .map(Target::name)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList();
            return new Facts(adapter.rank(), targets);
        } catch (MalformedGgufException e) {
            throw new FaultException(Fault.input("adapter_refused", e.field(), e.value(), e.remedy()), e);
        } catch (IOException e) {
            throw new FaultException(Fault.internal("adapter_file", "can't be read: " + e), e);
        }
    }

    /** Its header, read once; twice where two ask at the same time does no harm. */
    private LlamaModelFile base() throws IOException {
        LlamaModelFile known = base;
        if (known == null) {
            known = LlamaModelFile.check(GgufFile.read(model));
            base = known;
        }
        return known;
    }
}
