package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.model.MalformedFileException;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.Target;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Holds a file against the base model: names, shapes, ranks, and every number. */
@Singleton
final class FileCheck implements AdapterCheck {
    private final BaseModel base;
    private final int mostRank;

    FileCheck(BaseModel base, InferenceSettings settings) {
        this.base = base;
        this.mostRank = settings.adapters().mostRank();
    }

    @Override
    public Facts check(Path file) {
        try {
            AdapterFile adapter = AdapterFile.check(file, base.facts(), mostRank);
            return new Facts(
                    adapter.rank(),
                    Arrays.stream(Target.values())
                            .filter(adapter.targets()::contains)
                            .map(target -> target.name().toLowerCase(Locale.ROOT))
                            .toList());
        } catch (MalformedFileException e) {
            throw new FaultException(Fault.input("adapter_refused", e.field(), e.value(), e.remedy()), e);
        } catch (IOException e) {
            throw new FaultException(Fault.internal("adapter_file", "can't be read: " + e), e);
        }
    }
}
