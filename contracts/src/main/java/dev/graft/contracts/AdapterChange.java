package dev.graft.contracts;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** A change of one adapter's entry. Pure: it makes a new entry of the one that is there. */
public sealed interface AdapterChange {
    /**
     * A new generation. The file that is the newest generation's already is not registered again.
     *
     * @param live whether it becomes live at once, or waits as a candidate
     * @param at when
     */
    record Register(AdapterOffer offer, boolean live, Instant at) implements AdapterChange {}

    /** This generation becomes live; the one that was becomes a candidate. */
    record Promote(int generation) implements AdapterChange {}

    /** A generation that was live before becomes so again: this one, or the one that was promoted before the live one. */
    record Rollback(OptionalInt generation) implements AdapterChange {}

    /** This generation is served no more, or none at all; its labels and its share go. */
    record Retire(OptionalInt generation) implements AdapterChange {}

    /** The label stands at this generation from now on; without one it goes. */
    record Label(String label, OptionalInt generation) implements AdapterChange {}

    /** The candidate gets this part of the traffic, in percent; 0 ends it. */
    record Share(int generation, int percent) implements AdapterChange {}

    /**
     * The entry after the change; equal to the one before where nothing changes.
     *
     * @param current the entry that is there; empty where there is none
     * @throws FaultException {@code adapter_not_found}, {@code generation_not_found}, {@code label_not_found}, {@code adapter_state},
     *     {@code nothing_to_roll_back_to}, {@code too_many_generations} or {@code invalid_adapter}
     */
    default AdapterEntry apply(String name, Optional<AdapterEntry> current) {
        return switch (this) {
            case Register register -> AdapterRegistration.register(name, current, register);
            case Promote(int generation) -> AdapterTransitions.promote(there(name, current), generation);
            case Rollback(OptionalInt generation) -> AdapterTransitions.rollBack(there(name, current), generation);
            case Retire(OptionalInt generation) -> AdapterTransitions.retire(there(name, current), generation);
            case Label(String label, OptionalInt generation) ->
                AdapterTransitions.label(there(name, current), label, generation);
            case Share(int generation, int percent) ->
                AdapterTransitions.share(there(name, current), generation, percent);
        };
    }

    private static AdapterEntry there(String name, Optional<AdapterEntry> current) {
        return current.orElseThrow(() -> new FaultException(
                Fault.input("adapter_not_found", "name", name, "no adapter has this name: register it first")));
    }
}
