package dev.graft.model.gguf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The header of a GGUF file, checked: what its metadata say and where its tensors lie. The tensors' data are not read, so that this
 * costs the same for a file of 4 GB as for its header alone.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufFile {
    /** Where the alignment of tensor data is told, if it isn't {@value #DEFAULT_ALIGNMENT}. */
    public static final String ALIGNMENT = "general.alignment";

    /** Bytes that tensor offsets are a multiple of, unless {@value #ALIGNMENT} says otherwise. */
    public static final int DEFAULT_ALIGNMENT = 32;

    private final int version;
    private final SequencedMap<String, GgufValue> metadata;
    private final SequencedMap<String, TensorInfo> tensors;
    private final long dataOffset;
    private final long fileBytes;

    GgufFile(
            int version,
            SequencedMap<String, GgufValue> metadata,
            SequencedMap<String, TensorInfo> tensors,
            long dataOffset,
            long fileBytes) {
        this.version = version;
        this.metadata = metadata;
        this.tensors = tensors;
        this.dataOffset = dataOffset;
        this.fileBytes = fileBytes;
    }

    /**
     * Reads and checks the header of this file.
     *
     * @throws MalformedGgufException where it is not a whole, sound GGUF file of version 2 or 3
     * @throws IOException where the file can't be read
     */
    public static GgufFile read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel);
        }
    }

    /** The same for a file that is open; its position is moved. */
    public static GgufFile read(FileChannel file) throws IOException {
        return new GgufReader(new HeaderBytes(file.position(0), file.size())).read();
    }

    /** The same for a file that is in memory. */
    public static GgufFile read(byte[] file) {
        try (var channel = Channels.newChannel(new ByteArrayInputStream(file))) {
            return new GgufReader(new HeaderBytes(channel, file.length)).read();
        } catch (IOException e) {
            throw new IllegalStateException("reading memory does not fail", e);
        }
    }

    /** Version of the format, 2 or 3. */
    public int version() {
        return version;
    }

    /** All metadata in the order of the file. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    /** All tensors in the order of the file, which is the order of their data. */
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The tensor of this name. */
    public Optional<TensorInfo> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** Bytes from the file's start to the first tensor's data. */
    public long dataOffset() {
        return dataOffset;
    }

    /** Size of the file in bytes. */
    public long fileBytes() {
        return fileBytes;
    }

    /** Text under this key. */
    public Optional<String> text(String key) {
        return value(key, GgufValue.Text.class, "a text").map(GgufValue.Text::value);
    }

    /** Integer under this key. */
    public Optional<Long> whole(String key) {
        return value(key, GgufValue.Whole.class, "an integer").map(GgufValue.Whole::value);
    }

    /** Float under this key. */
    public Optional<Double> fraction(String key) {
        return value(key, GgufValue.Fraction.class, "a float").map(GgufValue.Fraction::value);
    }

    /** Boolean under this key. */
    public Optional<Boolean> flag(String key) {
        return value(key, GgufValue.Flag.class, "a boolean").map(GgufValue.Flag::value);
    }

    /** Array of texts under this key. */
    public Optional<GgufStrings> texts(String key) {
        return value(key, GgufValue.Texts.class, "an array of texts").map(GgufValue.Texts::values);
    }

    /** Array of numbers under this key. */
    public Optional<GgufNumbers> numbers(String key) {
        return value(key, GgufValue.Numbers.class, "an array of numbers").map(GgufValue.Numbers::values);
    }

    private <T extends GgufValue> Optional<T> value(String key, Class<T> kind, String right) {
        GgufValue value = metadata.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!kind.isInstance(value)) {
            throw new MalformedGgufException(key, value.getClass().getSimpleName(), "must be " + right);
        }
        return Optional.of(kind.cast(value));
    }
}
