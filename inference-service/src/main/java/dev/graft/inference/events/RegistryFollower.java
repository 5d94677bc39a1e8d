package dev.graft.inference.events;

import dev.graft.broker.Closing;
import dev.graft.contracts.AdapterEntry;
import dev.graft.inference.adapter.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Keeps the {@link Registry} at what the topic says: all of it first, then each record as it comes. After a failure it begins anew, and takes over the
 * whole at once when it is read, so that nobody sees the past in between.
 */
final class RegistryFollower implements Runnable {
    private static final Logger LOG = Logger.getLogger(RegistryFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int WAIT_MS = 500;
    private static final long RETRY_MS = 1_000;

    private final Connections connections;
    private final Registry registry;
    private final Closing closing;
    private volatile long lag;

    RegistryFollower(Connections connections, Registry registry, Closing closing) {
        this.connections = connections;
        this.registry = registry;
        this.closing = closing;
    }

    /** Follows until closing; a broker or topic that is not there is tried again every second. */
    @Override
    public void run() {
        warnOfTopic();
        while (!closing.begun()) {
            try (var tail = new RegistryTail(connections, WAIT_MS)) {
                follow(tail);
            } catch (KafkaException e) {
                LOG.warnf("Following the registry failed, trying again: %s", e.toString());
                closing.await(RETRY_MS);
            } catch (RuntimeException e) {
                LOG.error("Following the registry failed, trying again", e);
                closing.await(RETRY_MS);
            }
        }
    }

    private void warnOfTopic() {
        try {
            RegistryTopic.fault(connections).ifPresent(LOG::error);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records that were not read yet. */
    long lag() {
        return lag;
    }

    private void follow(RegistryTail tail) {
        Map<String, RegistryRecord> last = new HashMap<>();
        tail.readToEnd(PATIENCE, record -> last.put(record.name(), record));
        List<AdapterEntry> all = new ArrayList<>();
        for (RegistryRecord record : last.values()) {
            switch (record) {
                case RegistryRecord.Put(AdapterEntry entry, var _) -> all.add(entry);
                case RegistryRecord.Removed removed -> tellOf(removed);
            }
        }
        registry.replaceAll(all);
        LOG.infof("The registry is read: %d adapters", all.size());
        while (!closing.begun()) {
            tail.poll(POLL, this::take);
            lag = tail.lag();
        }
    }

    private void take(RegistryRecord record) {
        switch (record) {
            case RegistryRecord.Put(AdapterEntry entry, var written) -> registry.put(entry, written);
            case RegistryRecord.Removed removed -> {
                tellOf(removed);
                registry.remove(removed.name());
            }
        }
    }

    private static void tellOf(RegistryRecord.Removed removed) {
        removed.fault()
                .ifPresent(fault ->
                        LOG.errorf("%s; there is no adapter %s until it is registered anew", fault, removed.name()));
    }
}
