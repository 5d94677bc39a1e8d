package dev.graft.contracts;

/** Carries a {@link Fault} to the door that the request came through. */
public final class FaultException extends RuntimeException {
    private final transient Fault fault;

    public FaultException(Fault fault) {
        super(fault.message());
        this.fault = fault;
    }

    public FaultException(Fault fault, Throwable cause) {
        super(fault.message(), cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
