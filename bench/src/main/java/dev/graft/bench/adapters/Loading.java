package dev.graft.bench.adapters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Registers an adapter every second, the first after half of one, until it is {@linkplain #end ended}. */
final class Loading implements AutoCloseable {
    private static final long FIRST_MS = 500;
    private static final long PERIOD_MS = 1000;

    private final Server server;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<List<String>> registered;

    /**
     * @param files one after the other, and again
     * @param prefix of the adapters' names
     */
    Loading(Server server, List<Path> files, String prefix) {
        this.server = server;
        registered = thread.submit(() -> registerUntilEnded(files, prefix));
    }

    private List<String> registerUntilEnded(List<Path> files, String prefix) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FIRST_MS);
        while (!ending.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            String name = prefix + "-" + names.size();
            server.register(name, files.get(names.size() % files.size()));
            names.add(name);
            next += TimeUnit.MILLISECONDS.toNanos(PERIOD_MS);
        }
        return names;
    }

    /** Retires what was registered, so that others find free slots; gives how many there were. */
    int end() throws IOException, InterruptedException {
        ending.countDown();
        try {
            for (String name : registered.get()) {
                server.retire(name);
            }
            return registered.get().size();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an adapter could not be registered: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        ending.countDown();
        thread.close();
    }
}
