package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultKind;
import java.time.Duration;
import java.time.Instant;

/**
 * One generation on its way onto this instance.
 *
 * @param state how far it is
 * @param attempts that failed in a row
 * @param next when it may be tried again
 */
record Load(LoadState state, int attempts, Instant next) {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 7;

    static final Load NEW = new Load(new LoadState.Waiting(), 0, Instant.MIN);

    Load begun() {
        return new Load(new LoadState.Loading(), attempts, Instant.MAX);
    }

    Load done() {
        return new Load(new LoadState.Loaded(), 0, Instant.MAX);
    }

    /** @param lasting whether another attempt would fail as well */
    Load failed(Fault fault, boolean lasting, Instant now) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS));
        return new Load(new LoadState.Failed(fault, lasting), attempts + 1, lasting ? Instant.MAX : now.plus(pause));
    }

    /** Whether an attempt may begin now. */
    boolean due(Instant now) {
        return !next.isAfter(now) && !(state instanceof LoadState.Loading) && !(state instanceof LoadState.Loaded);
    }

    /** Whether nothing more is to be expected of it soon: it is there, or never will be. */
    boolean settled() {
        return state instanceof LoadState.Loaded || (state instanceof LoadState.Failed failed && failed.lasting());
    }

    boolean toBeTriedAgain() {
        return state instanceof LoadState.Failed failed && !failed.lasting();
    }

    static boolean isInput(Fault fault) {
        return fault.kind() == FaultKind.INPUT;
    }
}
