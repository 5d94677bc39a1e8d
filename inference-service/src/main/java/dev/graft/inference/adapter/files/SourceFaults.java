package dev.graft.inference.adapter.files;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the place that a file should come from. */
final class SourceFaults {
    static FaultException notFound(URI source) {
        return refused("source_not_found", source, "there is no such file");
    }

    static FaultException forbidden(URI source) {
        return refused("source_forbidden", source, "this service may not read it");
    }

    static FaultException notAllowed(Object source, String remedy) {
        return refused("source_not_allowed", source, remedy);
    }

    static FaultException unavailable(URI source, Object why) {
        return new FaultException(Fault.capacity("source_unavailable", shown(source) + " can't be read now: " + why));
    }

    /** What a fetch ended with. */
    static FaultException of(URI source, @Nullable Throwable cause) {
        return cause instanceof FaultException known ? known : unavailable(source, String.valueOf(cause));
    }

    static FaultException slow(URI source, long seconds) {
        return new FaultException(Fault.capacity(
                "source_slow",
                shown(source) + " did not give the file within " + seconds + " s (graft.adapters.fetch-timeout)"));
    }

    static FaultException tooLarge(URI source, long most) {
        return refused("file_too_large", source, "must have at most " + most + " bytes (graft.adapters.file-bytes)");
    }

    /** Without what may be a signature. */
    static String shown(URI source) {
        String text = source.toString();
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query) + "?…";
    }

    private static FaultException refused(String code, Object source, String remedy) {
        return new FaultException(Fault.input(code, "source", source instanceof URI uri ? shown(uri) : source, remedy));
    }

    private SourceFaults() {}
}
