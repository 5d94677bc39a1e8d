package dev.graft.inference.observe;

/**
 * All meters, in Micrometer's dotted form; Prometheus shows {@code graft.time.to.first.token} as {@code graft_time_to_first_token_seconds}. Those
 * of requests and of tokens carry the tags {@link #ADAPTER} and {@link #GENERATION}, all carry {@link #MODEL}.
 */
public final class MeterNames {
    /** From submission to the first text or label, seconds. */
    public static final String TIME_TO_FIRST_TOKEN = "graft.time.to.first.token";
    /** Between two tokens of one answer, seconds. */
    public static final String INTER_TOKEN_LATENCY = "graft.inter.token.latency";
    /** From submission to the first decode step, seconds. */
    public static final String QUEUE_TIME = "graft.queue.time";
    /** From submission to the end, seconds. */
    public static final String REQUEST_TIME = "graft.request.time";
    /** Requests by {@link #OUTCOME}: ok, cancelled or a fault's code. */
    public static final String REQUESTS = "graft.requests";
    /** Tokens of the prompts of answered requests. */
    public static final String PROMPT_TOKENS = "graft.prompt.tokens";
    /** Of these, tokens whose KV cells were there already: prefix hits by model and adapter. */
    public static final String CACHED_PROMPT_TOKENS = "graft.prompt.cached.tokens";
    /** Tokens of answers. */
    public static final String GENERATION_TOKENS = "graft.generation.tokens";

    /** Tokens of one decode step. */
    public static final String BATCH_TOKENS = "graft.batch.tokens";
    /** Duration of one decode step, seconds. */
    public static final String STEP_TIME = "graft.step.time";
    /** Prompt tokens that were computed. */
    public static final String PREFILL_TOKENS = "graft.prefill.tokens";
    /** Answer tokens that were computed. */
    public static final String DECODE_TOKENS = "graft.decode.tokens";
    /** Prompt tokens whose KV cells were there already. */
    public static final String PREFIX_HIT_TOKENS = "graft.prefix.cache.hit.tokens";
    /** Prompt tokens whose KV cells were not. */
    public static final String PREFIX_MISS_TOKENS = "graft.prefix.cache.miss.tokens";
    /** KV cells that hold something, running or cached. */
    public static final String KV_CELLS_USED = "graft.kv.cells.used";
    /** KV cells that there are. */
    public static final String KV_CELLS = "graft.kv.cells";
    /** Layers of the model that the GPU computes. */
    public static final String LAYERS_ON_GPU = "graft.layers.gpu";
    /** Layers that the model has. */
    public static final String LAYERS = "graft.layers";
    /** Requests that are being computed. */
    public static final String REQUESTS_RUNNING = "graft.requests.running";
    /** Requests that wait for a slot. */
    public static final String REQUESTS_WAITING = "graft.requests.waiting";

    /** Adapters that may be in memory together. */
    public static final String ADAPTER_SLOTS = "graft.adapters.slots";
    /** Adapters that are. */
    public static final String ADAPTERS_IN_MEMORY = "graft.adapters.memory";
    /** 1 where adapters are mixed in one decode, 0 where each takes a decode of its own. */
    public static final String ADAPTERS_MIXED = "graft.adapters.mixed";
    /** To read an adapter from its file into memory, seconds. */
    public static final String ADAPTER_READ_TIME = "graft.adapters.read.time";
    /** Adapters that had to leave memory for others. */
    public static final String ADAPTERS_EVICTED = "graft.adapters.evicted";
    /** Adapters that the registry knows. */
    public static final String ADAPTERS_REGISTERED = "graft.adapters.registered";
    /** 1 for each {@link #ADAPTER} and {@link #GENERATION} that requests may name now. */
    public static final String ADAPTER_LOADED = "graft.adapters.loaded";
    /** To fetch, check and load one generation, seconds. */
    public static final String ADAPTER_LOAD_TIME = "graft.adapters.load.time";
    /** From when a generation's entry was written until requests may name it here, seconds. */
    public static final String ADAPTER_RECORD_TO_LOADED = "graft.adapters.record.to.loaded";
    /** Attempts to load one that failed, by {@link #ADAPTER} and {@link #OUTCOME}, the fault's code. */
    public static final String ADAPTER_LOADS_FAILED = "graft.adapters.loads.failed";
    /** Records of the registry that this instance has not read yet. */
    public static final String REGISTRY_LAG = "graft.adapters.registry.lag";

    public static final String MODEL = "model";
    public static final String ADAPTER = "adapter";
    /** The adapter's generation; 0 for the base model alone. */
    public static final String GENERATION = "generation";

    public static final String OUTCOME = "outcome";

    private MeterNames() {}
}
