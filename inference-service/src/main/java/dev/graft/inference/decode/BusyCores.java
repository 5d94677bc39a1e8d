package dev.graft.inference.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether other threads want all cores of the machine at this moment. Linux tells how many threads run or could run; where it doesn't, there are none.
 *
 * <p>Two services that begin to compute at once on the same few cores take seconds for what each alone does in milliseconds: the threads of one spin
 * at a barrier while the one that they wait for has no core, since the other's spin there, and so at each of hundreds of barriers. {@link ThreadGovernor}
 * learns of that only by such a step.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_loadavg.5.html">proc_loadavg(5)</a>
 */
final class BusyCores {
    private static final Path LOAD = Path.of("/proc/loadavg");
    private static final Path CORES = Path.of("/sys/devices/system/cpu/online");
    /** Runnable ones, of all. */
    private static final Pattern RUNNING = Pattern.compile("(\\d{1,9})/\\d+");

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    private final Path load;
    private final int cores;

    BusyCores() {
        this(LOAD, CORES);
    }

    /** @param cores lists those that are on, such as {@code 0-3,6} */
    BusyCores(Path load, Path cores) {
        this.load = load;
        this.cores = count(cores);
    }

    private static int count(Path list) {
        int count = 0;
        for (Matcher range = RANGE.matcher(read(list)); range.find(); ) {
            int begin = Integer.parseInt(range.group(1));
            count += range.group(2) == null ? 1 : Integer.parseInt(range.group(2)) - begin + 1;
        }
        return count == 0 ? Integer.MAX_VALUE : count;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Asked by a thread that runs, which does not count. */
    boolean taken() {
        Matcher running = RUNNING.matcher(read(load));
        return running.find() && Integer.parseInt(running.group(1)) - 1 >= cores;
    }
}
