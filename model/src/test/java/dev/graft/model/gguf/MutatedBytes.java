package dev.graft.model.gguf;

import java.util.Random;

/** Files with one to four changes: a bit, a byte, a number at its edges, a piece copied over another, a piece cut out or doubled. */
public final class MutatedBytes {
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        31,
        32,
        63,
        64,
        255,
        256,
        65_535,
        65_536,
        1L << 24,
        1L << 31,
        (1L << 31) - 1,
        1L << 32,
        1L << 40,
        1L << 62,
        Long.MIN_VALUE,
        Long.MAX_VALUE
    };

    private MutatedBytes() {}

    /** A changed copy of this file; a quarter of the changes lie in its first {@code oftenChanged} bytes. */
    public static byte[] of(byte[] sound, int oftenChanged, Random random) {
        byte[] file = sound.clone();
        for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
            int at = random.nextInt(random.nextInt(4) == 0 ? Math.min(oftenChanged, file.length) : file.length);
            int length = Math.min(file.length - at, random.nextInt(1, 64));
            switch (random.nextInt(6)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt();
                case 2, 3 -> edge(file, at, random);
                case 4 -> System.arraycopy(file, random.nextInt(file.length - length + 1), file, at, length);
                default -> file = cutOrDoubled(file, at, length, random.nextBoolean());
            }
        }
        return file;
    }

    private static void edge(byte[] file, int at, Random random) {
        long value = EDGES[random.nextInt(EDGES.length)];
        int bytes = random.nextBoolean() ? 4 : 8;
        for (int i = 0; i < bytes && at + i < file.length; i++) {
            file[at + i] = (byte) (value >>> (8 * i));
        }
    }

    private static byte[] cutOrDoubled(byte[] file, int at, int length, boolean cut) {
        if (cut && file.length - length < 64) {
            return file;
        }
        byte[] changed = new byte[file.length + (cut ? -length : length)];
        int kept = cut ? at : at + length;
        int rest = cut ? at + length : at;
        System.arraycopy(file, 0, changed, 0, kept);
        System.arraycopy(file, rest, changed, kept, file.length - rest);
        return changed;
    }
}
