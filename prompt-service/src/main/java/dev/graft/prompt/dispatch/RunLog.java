package dev.graft.prompt.dispatch;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.settings.Database;
import dev.graft.prompt.settings.PromptSettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Every answer that was given, by request id: given again where the id comes again, and the ground for feedback and figures. Rows are written by
 * one thread, as many at a time as have gathered, since each commit waits for the disk.
 *
 * <p>No outbox is needed here: the row says that the event went out, and is written after it. A crash between the two lets the request be
 * delivered again, and inference, which keeps its own answers by id, gives the same one.
 */
@Singleton
public class RunLog {
    private static final Logger LOG = Logger.getLogger(RunLog.class);
    private static final int MOST_AT_ONCE = 500;
    private static final int MOST_WAITING = 10_000;

    private final Database database;
    private final PromptSettings.RunSettings settings;
    private final BlockingQueue<Entry> entries = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread writer = Thread.ofVirtual().name("run-log").unstarted(this::write);
    private volatile boolean stopping;

    private record Entry(RunRows.Row row, CompletableFuture<Void> written) {}

    public RunLog(Database database, PromptSettings settings) {
        this.database = database;
        this.settings = settings.run();
    }

    void start(@Observes StartupEvent event) {
        writer.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        writer.interrupt();
        writer.join(settings.deadline());
    }

    /** The answer that was given to this id, if it was asked before. */
    public Optional<PromptResult> given(String id) {
        return database.read(connection -> RunRows.given(connection, id))
                .map(RunRows.Given::result)
                .map(RunLog::read);
    }

    /**
     * The same, where it was asked for the same: the template by its name, in the version that the request names by number, and the variables. A
     * label that has moved since makes no other request of it.
     *
     * @throws FaultException {@code id_reused}
     */
    public Optional<PromptResult> given(PromptRequest request) {
        Optional<RunRows.Given> given = database.read(connection -> RunRows.given(connection, request.id()));
        given.map(RunRows.Given::asked).ifPresent(asked -> asked.check(request));
        return given.map(RunRows.Given::result).map(RunLog::read);
    }

    private static PromptResult read(String json) {
        return EventJson.read(json.getBytes(StandardCharsets.UTF_8), PromptResult.class);
    }

    /** Done when the answer is safe; where the id is there already, the first one stays. */
    public CompletableFuture<Void> keep(Run run, Door door, PromptResult result) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        if (!entries.offer(new Entry(new RunRows.Row(run, door, result), written))) {
            written.completeExceptionally(new FaultException(Fault.capacity(
                    "database_slow", "the database does not keep up with the answers: try again later")));
        }
        return written;
    }

    private void write() {
        List<Entry> batch = new ArrayList<>();
        while (!stopping || !entries.isEmpty()) {
            batch.clear();
            try {
                if (entries.isEmpty() && !stopping) {
                    batch.add(entries.take());
                }
            } catch (InterruptedException e) {
                continue; // stopping: what has gathered is still written
            }
            entries.drainTo(batch, MOST_AT_ONCE - batch.size());
            write(batch);
        }
    }

    private void write(List<Entry> batch) {
        try {
            database.transaction(connection ->
                    RunRows.insert(connection, batch.stream().map(Entry::row).toList()));
            batch.forEach(entry -> entry.written().complete(null));
        } catch (RuntimeException e) {
            LOG.warnf("%d answers could not be kept: %s", batch.size(), e.getMessage());
            batch.forEach(entry -> entry.written().completeExceptionally(e));
        }
    }

    @Scheduled(every = "1h", delayed = "1m")
    void forget() {
        int forgotten = database.transaction(connection -> RunRows.deleteOlderThan(connection, settings.kept()));
        if (forgotten > 0) {
            LOG.infof("%d answers older than %s forgotten", forgotten, settings.kept());
        }
    }
}
