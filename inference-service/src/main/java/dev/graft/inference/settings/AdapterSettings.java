package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where adapters' files may come from, and how they are brought here. */
public interface AdapterSettings {
    /** Adapters that are in memory together, for requests of one batch; others wait on disk. Never fewer than {@code graft.llama.slots}. */
    @WithDefault("32")
    int slots();

    /** Whether requests with different adapters share decodes; else, or where that is not right on this machine, each adapter has its own. */
    @WithDefault("true")
    boolean mixing();

    /**
     * How exact their weights are kept in memory: half precision takes half of the memory and of the time to read it, eight bits a quarter. The last is
     * for adapters that are computed on the processor, by Graft's kernels.
     */
    @WithDefault("f16")
    WeightPrecision precision();

    /** As in native-llama, of which only the decode loop knows. */
    enum WeightPrecision {
        Q8,
        F16,
        F32
    }

    /** Where they are kept, each under its SHA-256. */
    @WithDefault("${graft.home}/adapters")
    Path folder();

    /**
     * The places that files may come from, and no others: folders, and beginnings of URIs up to a slash, such as {@code /mnt/adapters},
     * {@code https://models.example.com/adapters/} or {@code s3://adapters/}. A redirect must lead to one of them as well. Whoever may register an
     * adapter makes this service fetch from here, so name no more than is needed.
     */
    @WithDefault("${graft.adapters.folder}")
    List<String> sources();

    /** The highest rank that an adapter may have. */
    @WithDefault("64")
    int rank();

    /** Most bytes of one file. */
    @WithDefault("2147483648")
    long fileBytes();

    /** Most bytes of files in the folder that no generation needs which is live or a candidate; the least recently needed go first. */
    @WithDefault("10737418240")
    long keptBytes();

    /** Time after which a file that is not here yet is given up; tried again later where it is wanted. */
    @WithDefault("5M")
    Duration fetchTimeout();

    /** Whether this instance takes changes of the registry over HTTP; each instance follows those of the others in any case. */
    @WithDefault("true")
    boolean changes();

    /** How long readiness waits for live adapters whose files can't be had; the others are waited for, however long they take. */
    @WithDefault("1M")
    Duration patience();

    /** The store behind {@code s3:} URIs. */
    S3Settings s3();

    /** The store behind {@code s3:} URIs: Amazon's, or any that speaks its protocol. */
    interface S3Settings {
        /** Its address, such as {@code http://minio:9000}; default: Amazon's of the region. */
        Optional<URI> endpoint();

        /** Amazon's name of the region; other stores mostly take any. */
        @WithDefault("us-east-1")
        String region();

        /** Default: what Amazon's clients find by themselves (environment, profile, the machine's role). */
        Optional<String> accessKey();

        /** Belongs to {@link #accessKey()}. */
        Optional<String> secretKey();
    }
}
