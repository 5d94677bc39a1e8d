package dev.graft.model.adapter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/** Reads pairs into native memory, one after the other into the same, and lets nothing out that is no finite number. */
final class PairReading implements AutoCloseable {
    private final FiniteScan scan;
    private final List<AdapterPair> pairs;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment a;
    private final MemorySegment b;

    /** @param pairs of the same file */
    PairReading(ByteSource bytes, List<AdapterPair> pairs) {
        this.scan = new FiniteScan(bytes);
        this.pairs = pairs;
        long aBytes = most(AdapterPair::a);
        long bBytes = most(AdapterPair::b);
        MemorySegment room = arena.allocate(aBytes + bBytes, Long.BYTES); // both or, where memory is short, none
        this.a = room.asSlice(0, aBytes);
        this.b = room.asSlice(aBytes, bBytes);
    }

    /** In whole words. */
    private long most(Function<AdapterPair, AdapterMatrix> matrix) {
        long bytes =
                pairs.stream().map(matrix).mapToLong(AdapterMatrix::bytes).max().orElse(0);
        return Math.ceilDiv(bytes, Long.BYTES) * Long.BYTES;
    }

    void giveTo(AdapterFile.PairTaker taker) throws IOException {
        for (AdapterPair pair : pairs) {
            String tensor = pair.target().tensor(pair.layer());
            taker.take(pair, read(tensor + AdapterCheck.A, pair.a(), a), read(tensor + AdapterCheck.B, pair.b(), b));
        }
    }

    private MemorySegment read(String tensor, AdapterMatrix matrix, MemorySegment into) throws IOException {
        scan.check(
                tensor,
                matrix,
                (piece, count, at) -> MemorySegment.copy(MemorySegment.ofArray(piece), 0, into, at, count));
        return into.asSlice(0, matrix.bytes()).asReadOnly();
    }

    @Override
    public void close() {
        arena.close();
    }
}
