package dev.graft.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells a person what is going on, on standard error: in place on a terminal, as plain lines elsewhere. */
public final class Progress {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long PLAIN_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;

    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** On standard error; the launcher tells by {@code graft.terminal} whether that is a terminal. */
    public static Progress standard() {
        return new Progress(System.err, Boolean.getBoolean("graft.terminal"));
    }

    /** One line that stays. */
    public void say(String line) {
        out.println("graft: " + line);
        out.flush();
    }

    /** Something that takes a while. Its steps may be told from any thread. */
    public Task begin(String what) {
        Task task = new Task(what);
        task.draw(what + " …", !terminal);
        return task;
    }

    /** Something under way; must be told when it is done, or failed. */
    public final class Task implements AutoCloseable {
        private final String what;
        private final long start = System.nanoTime();
        private long drawn = System.nanoTime();
        private boolean open = true;

        private Task(String what) {
            this.what = what;
        }

        /** So many of so many, and what else is worth knowing. */
        public synchronized void at(long done, long total, String note) {
            long now = System.nanoTime();
            boolean last = done == total;
            if (!open || (!last && now - drawn < (terminal ? REDRAW_NANOS : PLAIN_NANOS))) {
                return;
            }
            drawn = now;
            int filled = total == 0 ? 0 : (int) (BAR * done / total);
            String bar = terminal ? " [" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]" : "";
            draw(what + bar + " " + done + "/" + total + (note.isEmpty() ? "" : ", " + note), !terminal);
        }

        /** A word on how it stands. */
        public synchronized void note(String note) {
            if (open) {
                draw(what + ": " + note, !terminal);
            }
        }

        /** It is done: the line stays, with the time it took. */
        public synchronized void done(String note) {
            if (!open) {
                return;
            }
            open = false;
            draw(what + ": " + note + " (" + seconds(Duration.ofNanos(System.nanoTime() - start)) + ")", true);
        }

        /** Ends the line where it was not told that it is done: what follows is the reason. */
        @Override
        public synchronized void close() {
            if (open && terminal) {
                out.println();
            }
            open = false;
        }

        private void draw(String line, boolean stays) {
            if (terminal) {
                out.print("\r\u001b[K");
            }
            out.print("graft: " + line + (stays ? System.lineSeparator() : ""));
            out.flush();
        }
    }

    /** Such as {@code 2.4 s}. */
    public static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
}
