package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * Why a request was refused or failed, in the one form that all doors share: HTTP writes it as RFC 9457 problem details or as OpenAI's error,
 * Kafka as an event.
 *
 * @param code short, stable, in snake case: programs branch on it
 * @param kind whose doing it is
 * @param field path of the field at fault, such as {@code messages[0].role}; empty where no single field is
 * @param value what was found there, shortened to something printable; empty where there is none
 * @param remedy what would be right, as a sentence for people
 */
public record Fault(
        String code,
        FaultKind kind,
        @JsonSetter(nulls = Nulls.AS_EMPTY) String field,
        @JsonSetter(nulls = Nulls.AS_EMPTY) String value,
        String remedy) {
    private static final int LONGEST_VALUE = 200;

    public Fault {
        value = value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }

    public static Fault input(String code, String field, Object value, String remedy) {
        return new Fault(code, FaultKind.INPUT, field, String.valueOf(value), remedy);
    }

    public static Fault capacity(String code, String remedy) {
        return new Fault(code, FaultKind.CAPACITY, "", "", remedy);
    }

    public static Fault ended(String code, String remedy) {
        return new Fault(code, FaultKind.ENDED, "", "", remedy);
    }

    public static Fault internal(String code, String remedy) {
        return new Fault(code, FaultKind.INTERNAL, "", "", remedy);
    }

    /** One line for people: code, field, value and remedy. */
    public String message() {
        String where = field.isEmpty() ? "" : " at " + field + (value.isEmpty() ? "" : " = " + value);
        return code + where + ": " + remedy;
    }
}
