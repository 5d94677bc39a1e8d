package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
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

    /**
     * The same for an open file: who maps this channel afterwards maps what was checked, even if the path names another file by then. It must
     * still not be written to or cut off: keep a copy that nobody else writes.
     */
    public static AdapterFile check(FileChannel file, LlamaModelFile base, int mostRank) throws IOException {
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
}
