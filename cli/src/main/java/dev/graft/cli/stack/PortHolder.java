package dev.graft.cli.stack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which process listens on a port, as far as Linux's {@code /proc} lets us see; used for a message only. */
final class PortHolder {
    private static final Pattern COLUMNS = Pattern.compile("\\s+");
    private static final String LISTEN = "0A";
    private static final int LONGEST_COMMAND = 80;

    /** Such as {@code process 4711 (nginx: master process)}. */
    static Optional<String> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            sockets.addAll(listening(Path.of(table), port));
        }
        return sockets.isEmpty()
                ? Optional.empty()
                : ProcessHandle.allProcesses()
                        .filter(p -> holdsAny(p.pid(), sockets))
                        .findFirst()
                        .map(p -> "process " + p.pid() + " (" + command(p.pid()) + ")");
    }

    /** Links such as {@code socket:[inode]} of the sockets that listen; columns as in Linux's {@code proc_net_tcp.txt}. */
    private static Set<String> listening(Path table, int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        Set<String> found = new HashSet<>();
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = COLUMNS.split(line.strip(), -1);
                if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(LISTEN)) {
                    found.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (IOException e) {
            return Set.of(); // no such table here (no IPv6, no Linux): the message does without
        }
        return found;
    }

    private static boolean holdsAny(long pid, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false; // another user's process, or one that has just ended
        }
        return false;
    }

    private static String command(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                    .replace('\0', ' ')
                    .strip();
            return line.length() <= LONGEST_COMMAND ? line : line.substring(0, LONGEST_COMMAND) + "…";
        } catch (IOException e) {
            return "command unknown";
        }
    }

    private PortHolder() {}
}
