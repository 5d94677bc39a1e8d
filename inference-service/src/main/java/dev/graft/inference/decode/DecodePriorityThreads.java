package dev.graft.inference.decode;

import dev.graft.inference.adapter.files.FileThreads;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.llama.ThreadPriority;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Threads with the priority of those that compute. A file takes some milliseconds, in which one core is lost to the step that runs. At a lower priority
 * these would be spread, a little in each of many steps, and in each of them all threads would wait for the one that lost its core.
 */
@Singleton
final class DecodePriorityThreads implements FileThreads {
    private final int nice;

    DecodePriorityThreads(InferenceSettings settings) {
        nice = settings.llama().nice();
    }

    @Override
    public ExecutorService executor() {
        ThreadFactory threads =
                Thread.ofPlatform().daemon().name("adapter-file-", 0).factory();
        return Executors.newCachedThreadPool(work -> threads.newThread(() -> {
            if (nice != 0) {
                ThreadPriority.nice(nice); // where the kernel does not grant it, those that compute have none either
            }
            work.run();
        }));
    }
}
