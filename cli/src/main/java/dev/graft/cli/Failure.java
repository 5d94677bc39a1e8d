package dev.graft.cli;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says what went wrong in one message, and which exit code that is. */
final class Failure {
    static int tell(Exception failure, boolean debug) {
        return tell(failure, debug, System.err);
    }

    static int tell(Exception failure, boolean debug, PrintStream out) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        out.println("graft: " + message(failure));
        if (debug) {
            failure.printStackTrace(out);
        } else if (!(failure instanceof FaultException) && !(failure instanceof IOException)) {
            out.println("graft: --debug shows where");
        }
        return exitCode(failure);
    }

    private static String message(Exception failure) {
        return switch (failure) {
            case FaultException e -> e.fault().message();
            case UncheckedIOException e when e.getCause() != null -> message(e.getCause());
            case NoSuchFileException e -> "no such file: " + e.getMessage();
            case AccessDeniedException e -> "may not be read or written: " + e.getFile();
            case FileSystemException e
            when String.valueOf(e.getReason()).contains("No space left") ->
                "the disk is full: could not write " + e.getFile();
            case IOException e
            when String.valueOf(e.getMessage()).contains("No space left") -> "the disk is full: " + e.getMessage();
            case InterruptedException e -> "interrupted";
            default ->
                failure.getClass().getSimpleName() + (failure.getMessage() == null ? "" : ": " + failure.getMessage());
        };
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof FaultException e) {
            FaultKind kind = e.fault().kind();
            return switch (kind) {
                case INPUT -> 2;
                case CAPACITY -> 3;
                case ENDED -> 4;
                case INTERNAL -> 1;
            };
        }
        return failure instanceof InterruptedException ? 130 : failure instanceof NoSuchFileException ? 2 : 1;
    }

    private Failure() {}
}
