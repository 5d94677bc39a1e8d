package dev.graft.cli.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * When a process started, in clock ticks since the machine's boot: the number that Linux keeps for it. {@link ProcessHandle.Info#startInstant}
 * is no such number: it adds the boot's time of day ({@code btime} of {@code /proc/stat}), which moves by a second or more when the clock is set
 * or slewed, so that two JVMs differ about the same process.
 *
 * <p>Source: {@code proc_pid_stat(5)}, field 22 {@code starttime}.
 */
final class ProcessStart {
    /** Fields are counted from 1; the third is the first behind the command's name, which may itself hold spaces and brackets. */
    private static final int FIRST_BEHIND_NAME = 3;

    private static final int STARTTIME = 22;

    /** Nothing where no such process runs, or not one that we may see. */
    static OptionalLong ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return OptionalLong.of(Long.parseLong(fields[STARTTIME - FIRST_BEHIND_NAME]));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private ProcessStart() {}
}
