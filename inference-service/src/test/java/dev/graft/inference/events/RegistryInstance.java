package dev.graft.inference.events;

import static org.awaitility.Awaitility.await;

import dev.graft.broker.Closing;
import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.adapter.RegistryLog.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What one inference-service has of the registry: its view, its follower and its writer. */
final class RegistryInstance implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final Registry registry = new Registry();
    private final Closing closing = new Closing();
    private final RegistryWriter writer;

    private RegistryInstance(Connections connections) {
        writer = new RegistryWriter(connections, registry, Clock.systemUTC());
        Thread.ofPlatform().daemon().start(new RegistryFollower(connections, registry, closing));
    }

    static RegistryInstance started(Connections connections) {
        var instance = new RegistryInstance(connections);
        await().atMost(PATIENCE).until(instance.registry::read);
        return instance;
    }

    Outcome change(String name, AdapterExpectation expected, AdapterChange change) throws InterruptedException {
        return writer.change(name, expected, change);
    }

    Outcome change(String name, AdapterChange change) throws InterruptedException {
        return change(name, AdapterExpectation.NONE, change);
    }

    void awaitSame(List<AdapterEntry> entries) {
        await().atMost(PATIENCE).until(registry::entries, entries::equals);
    }

    @Override
    public void close() {
        closing.begin(Duration.ZERO);
        writer.close();
    }
}
