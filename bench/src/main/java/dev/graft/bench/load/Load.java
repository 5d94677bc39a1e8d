package dev.graft.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a number of clients saw that began together, each sending its next request when the one before is answered.
 *
 * @param answers of all clients
 * @param seconds from the common start to the last answer's end
 */
public record Load<T>(List<T> answers, double seconds) {
    public Load {
        answers = List.copyOf(answers);
    }

    /** One thread a client: reads block in the kernel, so that an answer wakes its reader with no detour. */
    public static <T> Load<T> run(List<List<Callable<T>>> clients) throws InterruptedException {
        var together = new CyclicBarrier(clients.size() + 1);
        try (ExecutorService threads = Executors.newFixedThreadPool(clients.size())) {
            List<Future<List<T>>> running = clients.stream()
                    .map(requests -> threads.submit(() -> {
                        together.await();
                        return inTurn(requests);
                    }))
                    .toList();
            await(together);
            long start = System.nanoTime();
            List<T> answers = new ArrayList<>();
            for (Future<List<T>> client : running) {
                answers.addAll(get(client));
            }
            return new Load<>(answers, (System.nanoTime() - start) / 1e9);
        }
    }

    private static <T> List<T> inTurn(List<Callable<T>> requests) throws Exception {
        List<T> answers = new ArrayList<>();
        for (Callable<T> request : requests) {
            answers.add(request.call());
        }
        return answers;
    }

    private static void await(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await();
        } catch (java.util.concurrent.BrokenBarrierException e) {
            throw new IllegalStateException("a client died before the start", e);
        }
    }

    private static <T> T get(Future<T> client) throws InterruptedException {
        try {
            return client.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client's request failed: " + e.getCause(), e);
        }
    }
}
