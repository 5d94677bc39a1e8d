package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the header of a safetensors file: its length, then JSON. Believes no size that the file can't hold. */
final class SafetensorsReader {
    /** A tensor takes some 150 bytes; adapters of 512 layers and all targets have 7,168. */
    static final int LONGEST_HEADER = 1 << 22;

    private static final String METADATA = "__metadata__";
    private static final int MOST_DIMENSIONS = 8;

    private final List<SafeTensor> tensors = new ArrayList<>();

    private SafetensorsReader() {}

    /** @throws MalformedPeftException where it is no whole, sound safetensors file of F32, F16 and BF16 tensors */
    static Safetensors read(ByteSource file) throws IOException {
        if (file.size() < Long.BYTES) {
            throw new MalformedPeftException(
                    Safetensors.FILE, file.size() + " bytes", "begins with eight bytes that tell the header's length");
        }
        long length = header(file, 0, Long.BYTES).getLong();
        long most = Math.min(LONGEST_HEADER, file.size() - Long.BYTES);
        if (length < 2 || length > most) {
            throw new MalformedPeftException(
                    "header length",
                    Long.toUnsignedString(length),
                    "must be from 2 to " + most + ": is the file complete?");
        }
        String header =
                StrictJson.utf8("header", header(file, Long.BYTES, (int) length).array());
        Safetensors read = read(header);
        if (read.dataBytes() != file.size() - Long.BYTES - length) {
            throw new MalformedPeftException(
                    "data",
                    file.size() - Long.BYTES - length + " bytes",
                    "the tensors take " + read.dataBytes() + ": is the file complete?");
        }
        return read;
    }

    private static ByteBuffer header(ByteSource file, long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        file.read(position, bytes, count);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same of a header alone. */
    static Safetensors read(String header) {
        if (!header.startsWith("{")) {
            throw new MalformedPeftException("header", header, "begins with {");
        }
        var reader = new SafetensorsReader();
        StrictJson.object("header", header, reader::entry);
        reader.tensors.sort(Comparator.comparingLong(SafeTensor::begin));
        checkPlaces(reader.tensors);
        return new Safetensors(header, reader.tensors);
    }

    private void entry(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new MalformedPeftException(name, json.currentToken(), "must be an object");
        }
        if (name.equals(METADATA)) {
            StrictJson.fields(json, (key, text) -> JsonValues.text(METADATA + "." + key, text));
        } else {
            var draft = new Draft(name);
            StrictJson.fields(json, draft::field);
            tensors.add(draft.tensor());
        }
    }

    /** Tensors tile the data: so the format requires, and so none overlap. */
    private static void checkPlaces(List<SafeTensor> tensors) {
        long end = 0;
        for (SafeTensor tensor : tensors) {
            if (tensor.begin() != end) {
                throw new MalformedPeftException(
                        tensor.name() + ".data_offsets",
                        tensor.begin(),
                        (tensor.begin() < end
                                        ? "overlaps the tensor before it"
                                        : "leaves a gap behind the tensor before it")
                                + ": must begin at " + end);
            }
            end = tensor.end();
        }
    }

    /** One tensor while its fields are read, in any order. */
    private static final class Draft {
        private final String name;
        private String type = "";
        private List<Long> shape = List.of();
        private List<Long> offsets = List.of();

        Draft(String name) {
            this.name = name;
        }

        void field(String field, JsonParser json) throws IOException {
            switch (field) {
                case "dtype" -> type = JsonValues.text(name + ".dtype", json);
                case "shape" -> shape = wholes(field, json, MOST_DIMENSIONS);
                case "data_offsets" -> offsets = wholes(field, json, 2);
                default ->
                    throw new MalformedPeftException(
                            name, field, "a tensor has the fields dtype, shape and data_offsets");
            }
        }

        private List<Long> wholes(String field, JsonParser json, int most) throws IOException {
            List<Long> numbers = new ArrayList<>();
            if (json.currentToken() != JsonToken.START_ARRAY) {
                throw new MalformedPeftException(name + "." + field, json.currentToken(), "must be an array");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                boolean whole = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                if (!whole || json.getLongValue() < 0 || numbers.size() == most) {
                    throw new MalformedPeftException(
                            name + "." + field, json.getText(), "must be at most " + most + " numbers, 0 or more");
                }
                numbers.add(json.getLongValue());
            }
            return numbers;
        }

        SafeTensor tensor() {
            GgufType known = switch (type) {
                case "F32" -> GgufType.F32;
                case "F16" -> GgufType.F16;
                case "BF16" -> GgufType.BF16;
                default -> throw new MalformedPeftException(name + ".dtype", type, "must be F32, F16 or BF16");
            };
            if (offsets.size() != 2 || offsets.getFirst() > offsets.getLast()) {
                throw new MalformedPeftException(
                        name + ".data_offsets", offsets, "must be where its data begin and end");
            }
            long bytes = offsets.getLast() - offsets.getFirst();
            if (shape.isEmpty() || elements() != bytes / known.blockBytes() || bytes % known.blockBytes() != 0) {
                throw new MalformedPeftException(
                        name + ".shape", shape, "must take the " + bytes + " bytes that data_offsets leave");
            }
            return new SafeTensor(name, known, shape, offsets.getFirst(), offsets.getLast());
        }

        /** The product of the shape; -1, which no file has, where it is too large. */
        private long elements() {
            try {
                return shape.stream().reduce(1L, Math::multiplyExact);
            } catch (ArithmeticException e) {
                return -1;
            }
        }
    }
}
