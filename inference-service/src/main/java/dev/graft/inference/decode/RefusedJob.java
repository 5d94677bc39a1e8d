package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.inference.admission.Submission;
import java.util.List;

/** A request that can't begin: its adapter went while it waited. */
final class RefusedJob extends Job {
    RefusedJob(Submission submission, Fault fault) {
        super(submission, 0);
        fail(fault);
    }

    @Override
    List<Lane> lanes() {
        return List.of();
    }

    @Override
    void release() {
        // It has nothing.
    }

    @Override
    int cached() {
        return 0;
    }
}
