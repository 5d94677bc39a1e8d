package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a generation of an adapter stands. At most one of an adapter's generations is live. */
public enum AdapterState {
    /**
     * Served to whoever names its number or label, and to the share of traffic that it is given; may become live. New generations are such, and
     * those that another one replaced: they can be rolled back to at once.
     */
    @JsonProperty("candidate")
    CANDIDATE,
    /** What the adapter's bare name stands for; every instance has it ready. */
    @JsonProperty("live")
    LIVE,
    /** Served to nobody; only an explicit promotion brings it back. */
    @JsonProperty("retired")
    RETIRED;

    /** Whether a generation in this state may go over into that one. */
    public boolean mayBecome(AdapterState next) {
        return switch (this) {
            case CANDIDATE -> next == LIVE || next == RETIRED;
            case LIVE -> next == CANDIDATE || next == RETIRED;
            case RETIRED -> next == LIVE;
        };
    }
}
