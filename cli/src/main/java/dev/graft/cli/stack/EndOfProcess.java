package dev.graft.cli.stack;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is to be done when this JVM ends, by Ctrl-C too: one after the other, what was asked for last first. The JVM's own hooks run all at once, so that
 * one might stop what another still talks to.
 */
public final class EndOfProcess {
    private static final Deque<Task> TASKS = new ArrayDeque<>();
    private static boolean hooked;

    /** Something that is to be done, unless it is closed before. */
    public static final class Task implements AutoCloseable {
        private final Runnable work;

        private Task(Runnable work) {
            this.work = work;
        }

        /** It need not be done any more. */
        @Override
        public void close() {
            synchronized (TASKS) {
                TASKS.remove(this);
            }
        }
    }

    /** Has this done at the end. */
    public static Task run(Runnable work) {
        Task task = new Task(work);
        synchronized (TASKS) {
            if (!hooked) {
                hooked = true;
                Runtime.getRuntime().addShutdownHook(new Thread(EndOfProcess::runAll));
            }
            TASKS.push(task);
        }
        return task;
    }

    private static void runAll() {
        for (Task task = next(); task != null; task = next()) {
            try {
                task.work.run();
            } catch (RuntimeException e) {
                System.err.println("graft: " + e.getMessage());
            }
        }
    }

    private static @org.jspecify.annotations.Nullable Task next() {
        synchronized (TASKS) {
            return TASKS.poll();
        }
    }

    private EndOfProcess() {}
}
