package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.AdapterStore;
import dev.graft.inference.adapter.files.FileStamp;
import dev.graft.inference.adapter.files.Sha256;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.llama.AdapterWeights;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads adapters' files, and sees to it that one that is read again is the one that was checked. */
record CheckedFiles(AdapterReader reader, SlotMeters metrics) {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedFiles.class);

    /** A file that was read for the first time. */
    record First(AdapterWeights weights, FileStamp stamp) {}

    /**
     * What came of reading a file again.
     *
     * @param weights none where it could not be read, or is lost
     * @param stamp of the file that is right
     * @param fault why it could not be read
     * @param lost whether it is not what was loaded any more
     */
    record Again(
            @Nullable AdapterWeights weights,
            FileStamp stamp,
            @Nullable Fault fault,
            boolean lost) {
        private static Again failed(FileStamp checked, Fault fault) {
            return new Again(null, checked, fault, false);
        }

        private static Again lost(FileStamp checked) {
            return new Again(null, checked, null, true);
        }
    }

    /** @throws FaultException where it is no such adapter, can't be read, or was changed meanwhile */
    First read(Path file) {
        FileStamp stamp = stamp(file);
        AdapterWeights weights = timed(file);
        if (!stamp(file).equals(stamp)) {
            weights.close();
            throw new FaultException(Fault.capacity("adapter_file", file + " was changed while it was read"));
        }
        return new First(weights, stamp);
    }

    /** The file must be the one that was checked: by its stamp, or by its hash where another took its place. */
    Again readAgain(AdapterRef ref, Path file, FileStamp checked) {
        AdapterWeights weights = null;
        Again found;
        try {
            FileStamp stamp = FileStamp.of(file);
            if (!stamp.equals(checked) && !Sha256.of(file).equals(ref.sha256())) {
                return Again.lost(checked);
            }
            weights = timed(file);
            found = FileStamp.of(file).equals(stamp) ? new Again(weights, stamp, null, false) : Again.lost(checked);
        } catch (IOException e) {
            found = Again.lost(checked);
        } catch (FaultException e) {
            found = isInput(e) && unchanged(file, checked) ? Again.failed(checked, e.fault()) : Again.lost(checked);
        } catch (OutOfMemoryError e) {
            found = Again.failed(checked, AdapterStore.noMemory(ref, e));
        } catch (RuntimeException | Error e) {
            LOG.error("reading {} failed", ref, e);
            found = Again.failed(checked, Fault.internal("adapter_file", "the service's log says why: " + e));
        }
        if (weights != null && found.weights() == null) {
            weights.close();
        }
        return found;
    }

    private AdapterWeights timed(Path file) {
        long begin = System.nanoTime();
        AdapterWeights weights = reader.read(file);
        metrics.read(System.nanoTime() - begin);
        return weights;
    }

    private static boolean isInput(FaultException e) {
        return e.fault().kind() == FaultKind.INPUT;
    }

    /** Whether it is still there, and nobody wrote to it. */
    static boolean unchanged(Path file, FileStamp checked) {
        try {
            return FileStamp.of(file).equals(checked);
        } catch (IOException e) {
            return false;
        }
    }

    private static FileStamp stamp(Path file) {
        try {
            return FileStamp.of(file);
        } catch (IOException e) {
            throw new FaultException(Fault.internal("adapter_file", file + " can't be read: " + e), e);
        }
    }
}
