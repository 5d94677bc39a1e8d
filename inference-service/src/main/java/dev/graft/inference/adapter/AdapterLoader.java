package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.Registry.Known;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.adapter.files.FileThreads;
import dev.graft.inference.settings.InferenceSettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * Sees to it that the engine has what the registry says. One thread compares the two again and again: what should be here and isn't is fetched, checked
 * and loaded, each on a thread of its own, and tried again where that fails; what is retired is unloaded. Loaded in advance are the generations that
 * requests are likely to meet ({@link Wanted#early}); any other is loaded by the first request that names it ({@link #await}).
 */
@Singleton
public class AdapterLoader {
    private static final Logger LOG = Logger.getLogger(AdapterLoader.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LOOK_AT_FILES = Duration.ofMinutes(5);
    private static final int AT_ONCE = 4;

    private final Registry registry;
    private final BaseModel base;
    private final AdapterFiles files;
    private final AdapterStore store;
    private final LoadWatch watch;
    private final Duration patience;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final ExecutorService threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<AdapterRef, Load> loads = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private boolean compare;
    private boolean stopped;
    private boolean ready;
    private Instant readAt = Instant.MAX;
    /** By the thread that compares. */
    private Instant filesLookedAt = Instant.MIN;

    public AdapterLoader(
            Registry registry,
            BaseModel base,
            AdapterFiles files,
            AdapterStore store,
            LoadWatch watch,
            FileThreads threads,
            InferenceSettings settings) {
        this.registry = registry;
        this.base = base;
        this.files = files;
        this.store = store;
        this.watch = watch;
        this.threads = threads.executor();
        this.patience = settings.adapters().patience();
        registry.onChange(this::lookAgain);
        store.onLoss(this::lost);
    }

    void onStart(@Observes StartupEvent event) {
        start();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    /** Begins to follow the registry. */
    void start() {
        Thread.ofPlatform().daemon().name("adapter-loader").start(this::follow);
    }

    /** Nothing more is loaded or unloaded. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        threads.shutdownNow();
    }

    /** How far this generation of the adapter is here. Does not block. */
    public LoadState state(String name, AdapterGeneration generation) {
        if (!generation.served()) {
            return new LoadState.Retired();
        }
        if (base.knownSha256()
                .filter(known -> !known.equals(generation.baseSha256()))
                .isPresent()) {
            return new LoadState.OtherBase();
        }
        lock.lock();
        try {
            return loads.getOrDefault(AdapterRef.of(name, generation), Load.NEW).state();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the engine has these weights, and has them loaded where nobody did yet.
     *
     * @param until when the caller's time is up
     * @throws FaultException why they can't be had; {@code adapter_loading}, of kind {@code CAPACITY}, when the time is up
     */
    public void await(AdapterRef ref, Instant until) throws InterruptedException {
        AdapterGeneration generation = served(ref);
        lock.lockInterruptibly();
        try {
            if (loads.getOrDefault(ref, Load.NEW).due(Instant.now())) {
                begin(ref, generation);
            }
            while (true) {
                switch (loads.getOrDefault(ref, Load.NEW).state()) {
                    case LoadState.Loaded _ -> {
                        return;
                    }
                    case LoadState.Failed(Fault fault, boolean _) -> throw new FaultException(fault);
                    case LoadState.Waiting _, LoadState.OtherBase _, LoadState.Retired _ -> throw gone(ref);
                    case LoadState.Loading _ -> {
                        long left = Duration.between(Instant.now(), until).toNanos();
                        if (left <= 0) {
                            throw new FaultException(
                                    Fault.capacity("adapter_loading", ref + " is still being loaded: try again"));
                        }
                        var _ = changed.awaitNanos(left);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the live generation of this entry, where it has one and it is for the base that is served here. */
    public void awaitLive(AdapterEntry entry, Instant until) throws InterruptedException {
        Optional<AdapterGeneration> live = entry.live().filter(base::carries);
        if (live.isPresent()) {
            await(AdapterRef.of(entry.name(), live.get()), until);
        }
    }

    /**
     * Whether the registry was read and its live generations are here, but for those that can never be, or not within the patience that is set. Once
     * true it stays so: what comes later keeps nobody from what is here.
     */
    public boolean ready() {
        lock.lock();
        try {
            return ready;
        } finally {
            lock.unlock();
        }
    }

    /** All that was asked for on this instance, with how far it is. */
    public Map<AdapterRef, LoadState> states() {
        lock.lock();
        try {
            Map<AdapterRef, LoadState> states = new HashMap<>();
            loads.forEach((ref, load) -> states.put(ref, load.state()));
            return states;
        } finally {
            lock.unlock();
        }
    }

    /** Calls this after something was loaded or unloaded, on the thread that compares. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void lookAgain() {
        lock.lock();
        try {
            compare = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void follow() {
        while (awaitReason()) {
            try {
                compare();
            } catch (RuntimeException e) {
                LOG.error("Comparing the adapters that are loaded with the registry failed, trying again", e);
            }
        }
    }

    /** Blocks until something may have to be done; false once stopped. */
    private boolean awaitReason() {
        lock.lock();
        try {
            while (!compare && !stopped) {
                boolean more = !ready || loads.values().stream().anyMatch(Load::toBeTriedAgain);
                boolean told = changed.await(more ? LOOK_AGAIN.toMillis() : IDLE.toMillis(), TimeUnit.MILLISECONDS);
                compare |= !told;
            }
            compare = false;
            return !stopped;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void compare() {
        if (!registry.read()) {
            return;
        }
        Wanted wanted = Wanted.of(registry.snapshot(), base::carries);
        unloadAllBut(wanted.served());
        begin(wanted.early());
        noteReadiness(wanted.live());
        listeners.forEach(Runnable::run);
        removeSpareFiles();
    }

    /** Now and then. Files of adapters for another base are needed, too: by the instances that serve it. */
    private void removeSpareFiles() {
        Instant now = Instant.now();
        if (now.minus(LOOK_AT_FILES).isBefore(filesLookedAt)) {
            return;
        }
        filesLookedAt = now;
        files.removeSpare(registry.entries().stream()
                .flatMap(entry -> entry.generations().stream())
                .toList());
    }

    private void begin(Map<AdapterRef, AdapterGeneration> wanted) {
        lock.lock();
        try {
            Instant now = Instant.now();
            wanted.forEach((ref, generation) -> {
                if (loads.getOrDefault(ref, Load.NEW).due(now)) {
                    begin(ref, generation);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void begin(AdapterRef ref, AdapterGeneration generation) {
        if (stopped) {
            return;
        }
        loads.merge(ref, Load.NEW.begun(), (known, _) -> known.begun());
        threads.execute(() -> load(ref, generation));
    }

    private void load(AdapterRef ref, AdapterGeneration generation) {
        long begin = System.nanoTime();
        boolean fileIsRight = false;
        try {
            Path file = files.get(generation);
            fileIsRight = true;
            take(ref, file);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            note(ref, Load::done);
            watch.loaded(ref, took, sinceRecord(ref.name()));
            LOG.infof("%s is loaded (%d ms)", ref, took.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(ref, Fault.capacity("draining", "the service is stopping"), false);
        } catch (FaultException e) {
            failed(ref, e.fault(), fileIsRight && Load.isInput(e.fault()));
        } catch (OutOfMemoryError e) {
            failed(ref, AdapterStore.noMemory(ref, e), false);
        } catch (RuntimeException | Error e) { // else it would be loading for ever
            LOG.errorf(e, "Loading %s failed", ref);
            failed(ref, Fault.internal("adapter_load", "the service's log says why"), false);
        }
    }

    /** A few at a time: it takes a core. Fetching has turns of its own. */
    private void take(AdapterRef ref, Path file) throws InterruptedException {
        turns.acquire();
        try {
            store.load(ref, file);
        } finally {
            turns.release();
        }
    }

    /** It is fetched and checked again, at once where it is wanted in advance, else for the next request that names it. */
    private void lost(AdapterRef ref) {
        LOG.warnf("%s was lost and is loaded again", ref);
        note(ref, load -> load.state() instanceof LoadState.Loaded ? Load.NEW : load);
    }

    private void failed(AdapterRef ref, Fault fault, boolean lasting) {
        LOG.warnf("%s could not be loaded: %s", ref, fault.message());
        note(ref, load -> load.failed(fault, lasting, Instant.now()));
        watch.failed(ref, fault);
    }

    private void note(AdapterRef ref, java.util.function.UnaryOperator<Load> step) {
        lock.lock();
        try {
            loads.computeIfPresent(ref, (_, load) -> step.apply(load));
            compare = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Duration> sinceRecord(String name) {
        return registry.known(name).flatMap(Known::written).map(written -> Duration.between(written, Instant.now()));
    }

    /** What is under way is left to its end first. */
    private void unloadAllBut(Map<AdapterRef, AdapterGeneration> served) {
        List<AdapterRef> gone = new ArrayList<>();
        lock.lock();
        try {
            loads.forEach((ref, load) -> {
                if (!served.containsKey(ref) && !(load.state() instanceof LoadState.Loading)) {
                    gone.add(ref);
                }
            });
            // With the lock held: whoever wants it back must not find it loaded still, and then see it go.
            for (AdapterRef ref : gone) {
                loads.remove(ref);
                store.unload(ref);
                LOG.infof("%s is unloaded", ref);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void noteReadiness(List<AdapterRef> live) {
        lock.lock();
        try {
            Instant now = Instant.now();
            readAt = readAt.equals(Instant.MAX) ? now : readAt;
            boolean late = now.isAfter(readAt.plus(patience));
            ready |= live.stream()
                    .map(ref -> Objects.requireNonNullElse(loads.get(ref), Load.NEW))
                    .allMatch(load -> load.settled() || (late && load.attempts() > 0));
        } finally {
            lock.unlock();
        }
    }

    private AdapterGeneration served(AdapterRef ref) {
        return registry.find(ref.name())
                .flatMap(entry -> entry.generation(ref.generation()))
                .filter(generation -> generation.served()
                        && AdapterRef.of(ref.name(), generation).equals(ref))
                .orElseThrow(() -> gone(ref));
    }

    private static FaultException gone(AdapterRef ref) {
        return new FaultException(Fault.input("model_not_found", "model", ref, "is not served any more"));
    }
}
