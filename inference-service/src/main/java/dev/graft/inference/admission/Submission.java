package dev.graft.inference.admission;

import dev.graft.inference.answer.Ticket;
import dev.graft.inference.request.Request;
import java.time.Instant;

/**
 * A request in the queue.
 *
 * @param order of arrival; the earlier goes first among equals
 * @param arrivedNanos {@link System#nanoTime} of its arrival
 */
public record Submission(Request request, Ticket ticket, long order, long arrivedNanos) {
    public boolean expired(Instant now) {
        return request.terms().deadline().filter(now::isAfter).isPresent();
    }
}
