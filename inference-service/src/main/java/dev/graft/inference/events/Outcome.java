package dev.graft.inference.events;

import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult;
import dev.graft.inference.events.RequestEvent.Illegible;

/** What is to be done with a request's record. */
sealed interface Outcome {
    /** Send the reply; when it is safe, the record is done with. */
    record Replied(Reply reply) implements Outcome {}

    /** Nobody can process it: the broker moves it to the dead letters. Its sender is told, where there is one. */
    record Rejected(Illegible event) implements Outcome {}

    /** No room at the moment: try again here, or, when draining, give it back. */
    record Postponed(Fault why) implements Outcome {}

    /** Something of ours went wrong: others may do better; delivered too often, the broker moves it to the dead letters. */
    record Released(Fault why) implements Outcome {}

    static Outcome answered(InferenceResult result, Digest digest) {
        return new Replied(Reply.answer(result, digest));
    }

    static Outcome failed(String id, Digest digest, Fault fault) {
        return switch (fault.kind()) {
            case INPUT, ENDED ->
                new Replied(
                        fault.code().equals(InFlight.ID_REUSED)
                                ? Reply.passingFault(id, fault)
                                : Reply.lastingFault(id, digest, fault));
            case CAPACITY -> new Postponed(fault);
            case INTERNAL -> new Released(fault);
        };
    }

    /** For counting: what became of it, in a word. */
    default String word() {
        return switch (this) {
            case Replied r -> "replied";
            case Rejected r -> "rejected";
            case Postponed p -> "postponed";
            case Released r -> "released";
        };
    }
}
