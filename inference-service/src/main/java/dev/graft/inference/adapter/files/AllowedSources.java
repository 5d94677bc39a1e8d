package dev.graft.inference.adapter.files;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The places that files may come from. */
final class AllowedSources {
    private final List<Path> folders = new ArrayList<>();
    private final List<URI> beginnings = new ArrayList<>();
    private final List<String> named;

    /**
     * @param places folders, and beginnings of http, https and s3 URIs
     * @throws IllegalArgumentException where one is neither
     */
    AllowedSources(List<String> places) {
        named = List.copyOf(places);
        for (String place : named) {
            if (place.startsWith("/")) {
                folders.add(Path.of(place));
                continue;
            }
            URI beginning = URI.create(place);
            switch (scheme(beginning)) {
                case "file" -> folders.add(Path.of(beginning));
                case "http", "https", "s3" -> beginnings.add(beginning);
                default -> throw wrong(place);
            }
            if (!scheme(beginning).equals("file") && (beginning.getHost() == null || beginning.getRawQuery() != null)) {
                throw wrong(place);
            }
        }
    }

    private static IllegalArgumentException wrong(String place) {
        return new IllegalArgumentException(
                "graft.adapters.sources = " + place
                        + ": must be an absolute folder, or the beginning of a URI with its host, such as https://host/folder/ or s3://bucket/");
    }

    /**
     * The file that a {@code file:} URI names, by its real path.
     *
     * @throws dev.graft.contracts.FaultException {@code source_not_allowed}, or {@code source_not_found} for a file below an allowed folder
     */
    Path requireFile(URI source) throws IOException {
        Path real = requirePlace(source);
        if (!Files.isRegularFile(real)) {
            throw SourceFaults.notFound(source);
        }
        return real;
    }

    /** The same for what may be a folder. */
    Path requirePlace(URI source) throws IOException {
        Path path = path(source);
        Optional<Path> folder = folders.stream()
                .filter(allowed -> path.startsWith(allowed.normalize())
                        || realOf(allowed).filter(path::startsWith).isPresent())
                .findFirst();
        if (folder.isEmpty()) {
            throw notAllowed(source);
        }
        if (!Files.exists(path)) {
            throw SourceFaults.notFound(source);
        }
        // Links may lead from an allowed folder to another allowed one, and nowhere else.
        Path real = path.toRealPath();
        if (folders.stream()
                .noneMatch(allowed -> realOf(allowed).filter(real::startsWith).isPresent())) {
            throw notAllowed(source);
        }
        return real;
    }

    /** @throws dev.graft.contracts.FaultException {@code source_not_allowed} where no allowed place is this URI's beginning */
    void requireBelow(URI source) {
        if (source.getHost() == null
                || source.getRawUserInfo() != null
                || source.getRawFragment() != null
                || beginnings.stream().noneMatch(beginning -> below(source, beginning))) {
            throw notAllowed(source);
        }
    }

    /** @throws dev.graft.contracts.FaultException {@code source_not_allowed} */
    void require(URI source) throws IOException {
        if (scheme(source).equals("file")) {
            requireFile(source);
        } else {
            requireBelow(source);
        }
    }

    static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static boolean below(URI source, URI beginning) {
        return scheme(source).equals(scheme(beginning))
                && source.getHost().equalsIgnoreCase(beginning.getHost())
                && port(source) == port(beginning)
                && below(source.getPath(), beginning.getPath());
    }

    /** By whole steps of decoded paths: no {@code ..} leads out, however it is written. */
    private static boolean below(String path, String beginning) {
        String folder = beginning.endsWith("/") ? beginning : beginning + "/";
        List<String> steps = List.of(path.split("[/\\\\]", -1));
        return path.startsWith(folder)
                && path.length() > folder.length()
                && !steps.contains("..")
                && !steps.contains(".");
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return switch (scheme(uri)) {
            case "http" -> 80;
            case "https" -> 443;
            default -> -1;
        };
    }

    private Path path(URI source) {
        try {
            // Without host, query or fragment, which Path.of refuses.
            return Path.of(new URI("file", "", source.getPath(), null)).normalize();
        } catch (URISyntaxException | IllegalArgumentException | NullPointerException e) {
            throw notAllowed(source);
        }
    }

    private static Optional<Path> realOf(Path folder) {
        try {
            return Optional.of(folder.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private dev.graft.contracts.FaultException notAllowed(URI source) {
        return SourceFaults.notAllowed(
                source,
                "must be below one of the places that graft.adapters.sources names here: " + String.join(", ", named));
    }
}
