package dev.graft.training.api;

import dev.graft.training.job.JobBook;
import dev.graft.training.job.RecordedEvent;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A job's events as server-sent events: those that were, then each that comes, up to the job's end. */
@Singleton
class EventStream {
    /** A word now and then tells whether somebody still reads. */
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final JobBook book;

    EventStream(JobBook book) {
        this.book = book;
    }

    /** @param after position of the last event that the reader has */
    Response of(String id, long after) {
        StreamingOutput events = out -> relay(id, after, out);
        return Response.ok(events, MediaType.SERVER_SENT_EVENTS)
                .header("Cache-Control", "no-store")
                .build();
    }

    private void relay(String id, long after, OutputStream out) throws IOException {
        long seen = after;
        boolean more = true;
        try {
            while (more) {
                // Asked before the events, so that the last ones are not missed.
                more = book.find(id).filter(job -> !job.status().ended()).isPresent();
                List<RecordedEvent> found = more ? book.awaitEvents(id, seen, QUIET) : book.events(id, seen);
                for (RecordedEvent recorded : found) {
                    seen = recorded.position();
                    write(out, "id: " + EventView.id(recorded) + "\ndata: " + EventView.of(recorded) + "\n\n");
                }
                if (found.isEmpty() && more) {
                    write(out, ": nothing new\n\n");
                }
            }
            write(out, "data: [DONE]\n\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
