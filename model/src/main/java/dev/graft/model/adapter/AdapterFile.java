package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A LoRA adapter in llama.cpp's GGUF form, checked against its base: every tensor is one that llama.cpp and Graft know, has the shape that the
 * base asks for, and holds finite numbers only.
 *
 * @param architecture the base's, {@code llama}
 * @param alpha as the file says; 0 where it says nothing
 * @param rank the highest of its pairs' ranks
 * @param targets the weights that it changes in at least one layer
 * @param fileBytes size of the file
 * @param pairs by layer, then target
 */
public record AdapterFile(
        String architecture, float alpha, int rank, Set<Target> targets, long fileBytes, List<AdapterPair> pairs) {
    public AdapterFile {
        targets = Collections.unmodifiableSet(EnumSet.copyOf(targets));
        pairs = List.copyOf(pairs);
    }

    /**
     * Reads and checks this file.
     *
     * @param base the model that it must fit
     * @param mostRank the highest rank that is allowed
     * @throws dev.graft.model.gguf.MalformedGgufException where it is no sound adapter of this base: names the field at fault
     * @throws IOException where the file can't be read, or shrinks meanwhile
     */
    public static AdapterFile check(Path file, LlamaModelFile base, int mostRank) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return check(channel, base, mostRank);
        }
    }

    static AdapterFile check(FileChannel file, LlamaModelFile base, int mostRank) throws IOException {
        return check(GgufFile.read(file), ByteSource.of(file), base, mostRank);
    }

    static AdapterFile check(GgufFile header, ByteSource bytes, LlamaModelFile base, int mostRank) throws IOException {
        AdapterFile adapter = new AdapterCheck(header, base, mostRank).facts();
        var scan = new FiniteScan(bytes);
        for (AdapterPair pair : adapter.pairs()) {
            String tensor = pair.target().tensor(pair.layer());
            scan.check(tensor + AdapterCheck.A, pair.a());
            scan.check(tensor + AdapterCheck.B, pair.b());
        }
        return adapter;
    }

    /** Given an adapter's pairs, one after the other. */
    @FunctionalInterface
    public interface PairTaker {
        /**
         * @param a all of the pair's A, as in the file; native memory that is another pair's after the call
         * @param b likewise
         */
        void take(AdapterPair pair, MemorySegment a, MemorySegment b);
    }

    /**
     * Reads and checks this file, and gives its weights to somebody in the same reading: names, shapes and ranks are checked before the first pair
     * is given, each pair's numbers before it is. What is given is what was checked, whatever becomes of the file.
     *
     * @throws dev.graft.model.gguf.MalformedGgufException as {@link #check(Path, LlamaModelFile, int)}; pairs may have been given by then
     */
    public static AdapterFile read(Path file, LlamaModelFile base, int mostRank, PairTaker taker) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(GgufFile.read(channel), ByteSource.of(channel), base, mostRank, taker);
        }
    }

    static AdapterFile read(GgufFile header, ByteSource bytes, LlamaModelFile base, int mostRank, PairTaker taker)
            throws IOException {
        AdapterFile adapter = new AdapterCheck(header, base, mostRank).facts();
        try (var pairs = new PairReading(bytes, adapter.pairs())) {
            pairs.giveTo(taker);
        }
        return adapter;
    }
}
