package dev.graft.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Memory that this process can still take before the kernel ends it: what the machine has available, or what a control group (version 2) leaves of
 * its limit, page cache not counted since it gives way.
 *
 * @param limit what sets it, for people
 */
record FreeMemory(long bytes, String limit) {
    private static final Path PROC = Path.of("/proc");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    /** Empty where the system doesn't say. */
    static Optional<FreeMemory> now() {
        return now(PROC, GROUPS);
    }

    static Optional<FreeMemory> now(Path proc, Path groups) {
        List<FreeMemory> limits = new ArrayList<>();
        number(proc.resolve("meminfo"), "MemAvailable:")
                .ifPresent(kib -> limits.add(new FreeMemory(1024 * kib, "the machine's MemAvailable")));
        Path group = group(proc, groups);
        while (group != null && group.startsWith(groups)) {
            leftIn(group).ifPresent(limits::add);
            group = group.getParent();
        }
        return limits.stream().min(Comparator.comparingLong(FreeMemory::bytes));
    }

    /** The group of this process; in a container the root is its own. */
    private static Path group(Path proc, Path groups) {
        return lines(proc.resolve("self/cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> groups.resolve(line.substring("0::/".length())).normalize())
                .filter(group -> group.startsWith(groups) && Files.isDirectory(group))
                .findFirst()
                .orElse(groups);
    }

    private static Optional<FreeMemory> leftIn(Path group) {
        Path file = group.resolve("memory.max");
        Optional<Long> most = number(file, "");
        Optional<Long> taken = number(group.resolve("memory.current"), "");
        if (most.isEmpty() || taken.isEmpty()) {
            return Optional.empty();
        }
        Path stat = group.resolve("memory.stat");
        long givesWay = number(stat, "active_file").orElse(0L)
                + number(stat, "inactive_file").orElse(0L)
                + number(stat, "slab_reclaimable").orElse(0L);
        return Optional.of(new FreeMemory(Math.max(0, most.get() - taken.get() + givesWay), file.toString()));
    }

    /** The number behind this name, on a line of its own; empty for {@code max}. */
    private static Optional<Long> number(Path file, String name) {
        return lines(file).stream()
                .map(line -> List.of(line.split("\\s+")))
                .filter(words -> name.isEmpty() || words.getFirst().equals(name))
                .map(words -> words.get(name.isEmpty() ? 0 : 1))
                .filter(word -> word.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
