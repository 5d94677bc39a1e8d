package dev.graft.inference.request;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;

/** The refusals that every check shares. */
public final class Refusals {
    /** {@code invalid_value}: this field can't have this value. */
    public static FaultException invalid(String field, Object value, String remedy) {
        return refused("invalid_value", field, value, remedy);
    }

    public static FaultException refused(String code, String field, Object value, String remedy) {
        return new FaultException(Fault.input(code, field, value, remedy));
    }

    /** A whole number between two bounds, both allowed. */
    public static int between(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw invalid(field, value, "must be from " + least + " to " + most);
        }
        return value;
    }

    /** A number between two bounds, both allowed; NaN is not. */
    public static float between(String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw invalid(field, value, "must be from " + least + " to " + most);
        }
        return (float) value;
    }

    private Refusals() {}
}
