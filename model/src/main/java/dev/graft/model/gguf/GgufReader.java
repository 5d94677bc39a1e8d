package dev.graft.model.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Reads a header in the order in which it is written: magic, version, counts, metadata, tensors. Believes no size that the file can't hold. */
final class GgufReader {
    static final int MAGIC = 0x46554747; // "GGUF", little-endian
    static final int OLDEST = 2;
    static final int NEWEST = 3;
    static final int LONGEST_KEY = 65_535; // gguf.md
    private static final int SHOWN = 100;
    private static final int LONGEST_TEXT = 1 << 26;
    private static final int LONGEST_ARRAY = 1 << 24;
    private static final int MOST_ENTRIES = 1 << 16;
    private static final int SMALLEST_ENTRY =
            Long.BYTES + 1 + Integer.BYTES + 1; // a key of one byte, its type, a value of one byte
    private static final int SMALLEST_TENSOR = Long.BYTES + 1 + Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES;

    private final HeaderBytes bytes;

    GgufReader(HeaderBytes bytes) {
        this.bytes = bytes;
    }

    GgufFile read() throws IOException {
        magic();
        int version = version();
        int tensors = count("tensor count", SMALLEST_TENSOR);
        int entries = count("metadata count", SMALLEST_ENTRY);
        SequencedMap<String, GgufValue> metadata = metadata(entries);
        var table = new TensorTable(bytes, alignment(metadata));
        table.read(tensors);
        return new GgufFile(
                version,
                Collections.unmodifiableSequencedMap(metadata),
                table.tensors(),
                table.dataOffset(),
                bytes.fileBytes());
    }

    private void magic() throws IOException {
        int magic = bytes.int32("magic");
        if (magic != MAGIC) {
            throw new MalformedGgufException(
                    "magic",
                    "0x%08x".formatted(magic),
                    "a GGUF file begins with the letters GGUF: is this a GGUF file?");
        }
    }

    private int version() throws IOException {
        int version = bytes.int32("version");
        if (version < OLDEST || version > NEWEST) {
            boolean swapped = Integer.reverseBytes(version) >= 1 && Integer.reverseBytes(version) <= NEWEST;
            throw new MalformedGgufException(
                    "version",
                    Integer.toUnsignedString(version),
                    swapped ? "the file is big-endian: convert it to little-endian" : "versions 2 and 3 can be read");
        }
        return version;
    }

    private int count(String field, int smallest) throws IOException {
        long count = bytes.int64(field);
        if (count < 0 || count > MOST_ENTRIES || count * smallest > bytes.left()) {
            throw new MalformedGgufException(
                    field,
                    Long.toUnsignedString(count),
                    "at most " + Math.min(MOST_ENTRIES, bytes.left() / smallest) + " fit in what is left of the file");
        }
        return (int) count;
    }

    private SequencedMap<String, GgufValue> metadata(int entries) throws IOException {
        var metadata = new LinkedHashMap<String, GgufValue>();
        for (int i = 0; i < entries; i++) {
            String field = "metadata[" + i + "].key";
            String key = text(field, LONGEST_KEY);
            if (key.isEmpty()) {
                throw new MalformedGgufException(field, "", "a key has at least one letter");
            }
            if (metadata.put(key, value(key)) != null) {
                throw new MalformedGgufException(field, key, "a key stands once in a file");
            }
        }
        return metadata;
    }

    private GgufValue value(String key) throws IOException {
        GgufValueType type = valueType(key);
        return switch (type) {
            case STRING -> new GgufValue.Text(text(key, LONGEST_TEXT));
            case ARRAY -> array(key);
            case BOOL -> new GgufValue.Flag(flag(key));
            case FLOAT32 ->
                new GgufValue.Fraction(type, bytes.next(key, Float.BYTES).getFloat());
            case FLOAT64 ->
                new GgufValue.Fraction(type, bytes.next(key, Double.BYTES).getDouble());
            default -> new GgufValue.Whole(type, whole(key, type));
        };
    }

    private long whole(String key, GgufValueType type) throws IOException {
        ByteBuffer next = bytes.next(key, type.bytes());
        long value = GgufNumbers.whole(type, next, next.position());
        next.position(next.position() + type.bytes());
        return value;
    }

    private boolean flag(String key) throws IOException {
        byte flag = bytes.next(key, 1).get();
        if (flag != 0 && flag != 1) {
            throw new MalformedGgufException(key, flag, "a boolean is 0 or 1");
        }
        return flag == 1;
    }

    private GgufValueType valueType(String key) throws IOException {
        int code = bytes.int32(key);
        return GgufValueType.of(code)
                .orElseThrow(() -> new MalformedGgufException(
                        key, "value type " + Integer.toUnsignedString(code), "value types run from 0 to 12"));
    }

    private GgufValue array(String key) throws IOException {
        GgufValueType type = valueType(key);
        if (type == GgufValueType.ARRAY) {
            throw new MalformedGgufException(key, "an array of arrays", "llama.cpp knows no nested arrays");
        }
        long count = bytes.int64(key);
        int smallest = type == GgufValueType.STRING ? Long.BYTES : type.bytes();
        if (count < 0 || count > LONGEST_ARRAY || count * smallest > bytes.left()) {
            throw new MalformedGgufException(
                    key,
                    Long.toUnsignedString(count) + " elements",
                    "at most " + Math.min(LONGEST_ARRAY, bytes.left() / smallest) + " fit in what is left of the file");
        }
        return type == GgufValueType.STRING
                ? new GgufValue.Texts(texts(key, (int) count))
                : new GgufValue.Numbers(numbers(key, type, (int) count));
    }

    private GgufNumbers numbers(String key, GgufValueType type, int count) throws IOException {
        byte[] raw = new byte[count * type.bytes()];
        bytes.fill(key, raw, 0, raw.length);
        return new GgufNumbers(type, raw);
    }

    private GgufStrings texts(String key, int count) throws IOException {
        var packed = new PackedTexts(count);
        for (int i = 0; i < count; i++) {
            packed.add(bytes, key, length(key, LONGEST_TEXT));
        }
        return packed.strings();
    }

    private int length(String field, int longest) throws IOException {
        long length = bytes.int64(field);
        if (length < 0 || length > longest) {
            throw new MalformedGgufException(
                    field, Long.toUnsignedString(length) + " bytes", "a text here has at most " + longest + " bytes");
        }
        bytes.need(field, length);
        return (int) length;
    }

    private String text(String field, int longest) throws IOException {
        return text(bytes, field, length(field, longest));
    }

    static String text(HeaderBytes bytes, String field, int length) throws IOException {
        byte[] utf8 = new byte[length];
        bytes.fill(field, utf8, 0, length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            String beginning = new String(utf8, 0, Math.min(length, SHOWN), StandardCharsets.UTF_8);
            throw new MalformedGgufException(field, beginning, "text must be valid UTF-8");
        }
    }

    private static int alignment(SequencedMap<String, GgufValue> metadata) {
        GgufValue value = metadata.get(GgufFile.ALIGNMENT);
        if (value == null) {
            return GgufFile.DEFAULT_ALIGNMENT;
        }
        if (value instanceof GgufValue.Whole(GgufValueType type, long bytes)
                && type == GgufValueType.UINT32
                && Long.bitCount(bytes) == 1
                && bytes <= 1 << 30) {
            return (int) bytes;
        }
        throw new MalformedGgufException(
                GgufFile.ALIGNMENT, value, "must be a power of two, as an unsigned 32-bit integer");
    }
}
