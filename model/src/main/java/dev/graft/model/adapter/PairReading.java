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
        this.a = roomFor(AdapterPair::a);
        this.b = roomFor(AdapterPair::b);
    }

    private MemorySegment roomFor(Function<AdapterPair, AdapterMatrix> matrix) {
        long most =
                pairs.stream().map(matrix).mapToLong(AdapterMatrix::bytes).max().orElse(0);
        return arena.allocate(most, Long.BYTES);
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
