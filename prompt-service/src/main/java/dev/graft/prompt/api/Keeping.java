package dev.graft.prompt.api;

import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** An HTTP client has its answer before the disk has it: losing the copy costs no more than computing the answer again. */
final class Keeping {
    private static final Logger LOG = Logger.getLogger(Keeping.class);

    static void inBackground(CompletableFuture<Void> kept, String id) {
        var _ = kept.whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warnf("The answer of %s is not kept: %s", id, failure.getMessage());
            }
        });
    }

    private Keeping() {}
}
