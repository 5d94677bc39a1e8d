package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes safetensors files as Hugging Face's library does: wider types first, then by name, the header padded to whole eights. */
final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    /** What is to be written of one tensor. */
    record Wanted(String name, GgufType type, List<Long> shape) {}

    private SafetensorsWriter() {}

    /** Places these tensors and says so in a header. */
    static Safetensors layout(List<Wanted> wanted) throws IOException {
        List<Wanted> ordered = new ArrayList<>(wanted);
        ordered.sort(Comparator.comparingInt((Wanted tensor) -> -tensor.type().blockBytes())
                .thenComparing(tensor -> tensor.type().name())
                .thenComparing(Wanted::name));
        List<SafeTensor> tensors = new ArrayList<>();
        long at = 0;
        for (Wanted tensor : ordered) {
            long elements = tensor.shape().stream().reduce(1L, Math::multiplyExact);
            long end = at + elements * tensor.type().blockBytes();
            tensors.add(new SafeTensor(tensor.name(), tensor.type(), tensor.shape(), at, end));
            at = end;
        }
        return new Safetensors(padded(json(tensors)), tensors);
    }

    /** Writes the header; the tensors' data must follow in their order. */
    static void writeHeader(Safetensors file, OutputStream out) throws IOException {
        byte[] header = file.header().getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
    }

    private static String json(List<SafeTensor> tensors) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            json.writeStringField("format", "pt");
            json.writeEndObject();
            for (SafeTensor tensor : tensors) {
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.type().name());
                json.writeFieldName("shape");
                numbers(json, tensor.shape());
                json.writeFieldName("data_offsets");
                numbers(json, List.of(tensor.begin(), tensor.end()));
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void numbers(JsonGenerator json, List<Long> numbers) throws IOException {
        json.writeStartArray();
        for (long number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }

    private static String padded(String header) {
        int over = header.getBytes(StandardCharsets.UTF_8).length % ALIGNMENT;
        return over == 0 ? header : header + " ".repeat(ALIGNMENT - over);
    }
}
