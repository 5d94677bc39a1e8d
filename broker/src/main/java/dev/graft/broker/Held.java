package dev.graft.broker;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/** A record of a share group that one consumer holds, with the broker's lock on it (KIP-932). Used by the thread of that consumer alone. */
public final class Held {
    private static final Logger LOG = Logger.getLogger(Held.class);
    private static final int LOCK_MS_UNTIL_TOLD = 10_000;
    private static final Duration SLICE = Duration.ofMillis(20);

    private final ShareConsumer<byte[], byte[]> consumer;
    private ConsumerRecord<byte[], byte[]> record;
    private boolean lost;
    private Optional<ConsumerRecord<byte[], byte[]>> stray = Optional.empty();
    private long renewAt;

    public Held(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
        this.consumer = consumer;
        this.record = record;
        this.renewAt = nextRenewal();
    }

    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** How often the broker handed it out, this time included. */
    public int deliveries() {
        return record.deliveryCount().orElse((short) 1);
    }

    /**
     * A record that came instead of the renewed one, because the lock was lost; the consumer's next. To give it back at once would count as a
     * delivery, and consumers that all do so would use up a record's deliveries in a second.
     */
    public Optional<ConsumerRecord<byte[], byte[]>> stray() {
        return stray;
    }

    /** Milliseconds until {@link #renew()} is due; not negative. */
    public long millisToRenewal() {
        return Math.max(0, (renewAt - System.nanoTime()) / 1_000_000);
    }

    /**
     * Prolongs the lock by its whole duration. The broker gives a renewed record out again, and only that one can be acknowledged. Without a
     * broker the lock is lost: the work goes on, and what becomes of the record that comes to another is for the services to settle.
     */
    public void renew() {
        renewAt = nextRenewal();
        if (lost) {
            return;
        }
        consumer.acknowledge(record, AcknowledgeType.RENEW);
        lost = true;
        long giveUp = System.nanoTime() + lockMs() * 1_000_000L / 2;
        while (lost && stray.isEmpty() && System.nanoTime() < giveUp) {
            takeBack();
        }
        if (lost) {
            LOG.warnf("The lock on %s was lost: another may work on it as well", this);
        }
    }

    /** Says what became of the record; the broker is told with the next poll, commit or close. */
    public void settle(AcknowledgeType type) {
        if (!lost) {
            consumer.acknowledge(record, type);
        }
    }

    /** The same, and returns when the broker knows. */
    public void settleNow(AcknowledgeType type) {
        settle(type);
        if (!lost) {
            consumer.commitSync();
        }
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    private void takeBack() {
        try {
            for (ConsumerRecord<byte[], byte[]> back : consumer.poll(SLICE)) {
                if (back.partition() == record.partition() && back.offset() == record.offset()) {
                    record = back;
                    lost = false;
                } else {
                    stray = Optional.of(back);
                }
            }
        } catch (WakeupException e) {
            // The service stops; whether to finish this one is for whoever holds it to say.
        }
    }

    private long nextRenewal() {
        return System.nanoTime() + lockMs() * 1_000_000L / 2;
    }

    private int lockMs() {
        return consumer.acquisitionLockTimeoutMs().orElse(LOCK_MS_UNTIL_TOLD);
    }
}
