package dev.graft.training.dataset;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingData;
import dev.graft.training.store.DurableFiles;
import dev.graft.training.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Uploaded files in the shared folder: each under its SHA-256, whole or not at all, with what is known of it beside. Every training-service sees
 * them.
 */
public final class DataFiles {
    private static final Pattern ID = Pattern.compile("file-([0-9a-f]{64})");
    private static final String FACTS = ".json";
    private static final int BLOCK = 1 << 16;
    private static final int LONGEST_NAME = 200;

    private final Path folder;
    private final long most;

    /** @param most bytes of one file */
    public DataFiles(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    /**
     * Keeps what comes.
     *
     * @throws FaultException {@code file_too_large}, {@code empty_file}, {@code invalid_name}
     */
    public DataFile keep(InputStream in, String name, String purpose) throws IOException {
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw new FaultException(Fault.input(
                    "invalid_name", "file", name, "must have a name of 1 to " + LONGEST_NAME + " characters"));
        }
        Path partial = Files.createTempFile(Files.createDirectories(folder), ".", ".part");
        try {
            MessageDigest digest = Sha256.digest();
            long bytes = copy(in, partial, digest);
            String sha256 = Sha256.hex(digest);
            DurableFiles.sync(partial);
            Files.move(partial, folder.resolve(sha256), StandardCopyOption.ATOMIC_MOVE);
            Optional<DataFile> known =
                    find("file-" + sha256).filter(file -> file.name().equals(name));
            var file = new DataFile("file-" + sha256, sha256, bytes, name, purpose, Instant.now());
            if (known.isEmpty()) {
                DurableFiles.write(folder.resolve(sha256 + FACTS), EventJson.write(file));
            }
            return known.orElse(file);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** What is known of a file, where it is here. */
    public Optional<DataFile> find(String id) throws IOException {
        var matcher = ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Path facts = folder.resolve(matcher.group(1) + FACTS);
        return Files.exists(facts)
                ? Optional.of(EventJson.read(Files.readAllBytes(facts), DataFile.class))
                : Optional.empty();
    }

    /** The same data, with how its files are read: their names may change, for the same bytes are the same file. */
    public TrainingData withFormats(TrainingData data) throws IOException {
        Optional<TrainingData.Format> format = data.format();
        if (format.isEmpty()) {
            format = find(data.file()).map(DataFile::format);
        }
        Optional<TrainingData.Format> validationFormat = data.validationFormat();
        if (validationFormat.isEmpty() && data.validation().isPresent()) {
            validationFormat = find(data.validation().get()).map(DataFile::format);
        }
        return new TrainingData(
                data.file(),
                data.validation(),
                data.validationShare(),
                data.columns(),
                data.template(),
                data.lossOn(),
                format,
                validationFormat);
    }

    /** The newest first. */
    public List<DataFile> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<DataFile> all = new ArrayList<>();
        try (var paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                String name = path.getFileName().toString();
                if (name.endsWith(FACTS)) {
                    find("file-" + name.substring(0, name.length() - FACTS.length()))
                            .ifPresent(all::add);
                }
            }
        }
        all.sort(Comparator.comparing(DataFile::createdAt).reversed());
        return all;
    }

    /** Where its bytes are. */
    public Path content(DataFile file) {
        return folder.resolve(file.sha256());
    }

    /** Removes it; jobs that still need it will fail. */
    public void delete(DataFile file) throws IOException {
        Files.deleteIfExists(folder.resolve(file.sha256() + FACTS));
        Files.deleteIfExists(content(file));
    }

    private long copy(InputStream in, Path to, MessageDigest digest) throws IOException {
        long bytes = 0;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
            byte[] block = new byte[BLOCK];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                bytes += read;
                if (bytes > most) {
                    throw new FaultException(Fault.input(
                            "file_too_large",
                            "file",
                            "more than " + most + " bytes",
                            "at most " + most + " bytes (graft.training.file-bytes)"));
                }
                out.write(block, 0, read);
            }
        }
        if (bytes == 0) {
            throw new FaultException(Fault.input("empty_file", "file", "0 bytes", "must hold examples"));
        }
        return bytes;
    }
}
