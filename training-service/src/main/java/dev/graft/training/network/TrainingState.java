package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.training.optimizer.Parameter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * All that a training needs to go on as if it had never stopped: which training it is, how many steps are done, the adapter, and AdamW's moments.
 * Random numbers follow from seed and step, and need nothing.
 *
 * <p>The file: magic, fingerprint, steps, then for each parameter three runs of big-endian floats, then a CRC-32C of all before it.
 */
final class TrainingState {
    private static final long MAGIC = 0x47524146544c4f31L; // GRAFTLO1

    private final Kernels kernels;
    private final byte[] fingerprint;
    private final List<Parameter> parameters;

    /**
     * @param fingerprint of recipe, data and base: a state of another training is refused
     */
    TrainingState(Kernels kernels, byte[] fingerprint, List<Parameter> parameters) {
        this.kernels = kernels;
        this.fingerprint = fingerprint.clone();
        this.parameters = List.copyOf(parameters);
    }

    void save(Path file, int steps) throws IOException {
        var sum = new CRC32C();
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            var out = new DataOutputStream(new CheckedOutputStream(stream, sum));
            out.writeLong(MAGIC);
            out.write(fingerprint);
            out.writeInt(steps);
            for (Parameter parameter : parameters) {
                write(parameter.weight(), out);
                write(parameter.first(), out);
                write(parameter.second(), out);
            }
            out.flush();
            new DataOutputStream(stream).writeLong(sum.getValue());
        }
    }

    /**
     * Takes a state over, or leaves everything as it was.
     *
     * @return how many steps are done
     * @throws FaultException where the file is torn, or another training's
     */
    int restore(Path file) throws IOException {
        check(file);
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            in.skipNBytes(Long.BYTES + fingerprint.length);
            int steps = in.readInt();
            for (Parameter parameter : parameters) {
                read(in, parameter.weight());
                read(in, parameter.first());
                read(in, parameter.second());
            }
            return steps;
        }
    }

    private void check(Path file) throws IOException {
        var sum = new CRC32C();
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var in = new DataInputStream(new CheckedInputStream(stream, sum));
            long magic = in.readLong();
            byte[] found = in.readNBytes(fingerprint.length);
            if (magic != MAGIC || !Arrays.equals(found, fingerprint)) {
                throw refused(file, "must be a checkpoint of this very training: same recipe, data and model");
            }
            in.skipNBytes(Integer.BYTES + 3L * Float.BYTES * floats());
            long computed = sum.getValue();
            if (new DataInputStream(stream).readLong() != computed || stream.read() >= 0) {
                throw refused(file, "is damaged: take an earlier checkpoint");
            }
        } catch (EOFException e) {
            throw refused(file, "ends too early: take an earlier checkpoint");
        }
    }

    /** Of the file. */
    long bytes() {
        return 2L * Long.BYTES + fingerprint.length + Integer.BYTES + 3L * Float.BYTES * floats();
    }

    private long floats() {
        return parameters.stream()
                .mapToLong(parameter -> parameter.weight().elements())
                .sum();
    }

    private static FaultException refused(Path file, String remedy) {
        return new FaultException(
                Fault.input("unusable_checkpoint", "checkpoint", String.valueOf(file.getFileName()), remedy));
    }

    private void write(Tensor tensor, DataOutputStream out) throws IOException {
        float[] floats = new float[Math.toIntExact(tensor.elements())];
        kernels.download(tensor, floats);
        ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES);
        bytes.asFloatBuffer().put(floats);
        out.write(bytes.array());
    }

    private void read(DataInputStream in, Tensor tensor) throws IOException {
        float[] floats = new float[Math.toIntExact(tensor.elements())];
        ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES);
        in.readFully(bytes.array());
        bytes.asFloatBuffer().get(floats);
        kernels.upload(floats, tensor);
    }
}
