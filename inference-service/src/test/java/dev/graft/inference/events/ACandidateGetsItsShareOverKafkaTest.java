package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.AdapterChange.Share;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Answered;
import dev.graft.contracts.InferenceResult.Failed;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.contracts.TrafficShare;
import dev.graft.inference.adapter.MadeAdapter;
import dev.graft.inference.adapter.Registrar;
import dev.graft.inference.adapter.Registrar.Registration;
import dev.graft.inference.adapter.RegistryLog;
import dev.graft.inference.api.AdapterHome;
import dev.graft.inference.settings.InferenceSettings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adapters in events: the same choice as over HTTP, by the event's user. */
@QuarkusTest
@TestProfile(AdapterHome.class)
@QuarkusTestResource(RealBroker.class)
class ACandidateGetsItsShareOverKafkaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int PERCENT = 40;
    private static int tests;

    @Inject
    @SuppressWarnings("NullAway.Init")
    InferenceSettings settings;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Registrar registrar;

    @Inject
    @SuppressWarnings("NullAway.Init")
    RegistryLog log;

    @SuppressWarnings("NullAway.Init")
    private Mailbox mailbox;

    /** Each test's own adapter. */
    private final String name = "shared-" + tests++;

    @BeforeEach
    void open() throws Exception {
        mailbox = new Mailbox(settings.kafka().bootstrap());
        register(1, true);
        register(2, false);
        var _ = log.change(name, AdapterExpectation.NONE, new Share(2, PERCENT));
    }

    @AfterEach
    void close() throws InterruptedException {
        mailbox.close();
    }

    private void register(int seed, boolean live) throws Exception {
        MadeAdapter made = MadeAdapter.in(AdapterHome.SHARED, 4, seed);
        var _ = registrar.register(new Registration(
                name,
                made.file().toUri(),
                Optional.empty(),
                Optional.empty(),
                live,
                AdapterLineage.unknown(),
                AdapterExpectation.NONE));
    }

    @Test
    void anEventsUserDecidesAndOneWithoutGetsTheLiveOne() {
        List<String> users = IntStream.range(0, 12).mapToObj(i -> "user-" + i).toList();
        var share = new TrafficShare(2, PERCENT);
        assertThat(users)
                .as("there are some of both")
                .anyMatch(user -> share.takes(name, user))
                .anyMatch(user -> !share.takes(name, user));
        users.forEach(user -> mailbox.send(request("of-" + user, Optional.of(user), OptionalDouble.empty())));
        mailbox.send(request("of-nobody", Optional.empty(), OptionalDouble.empty()));
        for (String user : users) {
            assertThat(generation("of-" + user)).as(user).isEqualTo(share.takes(name, user) ? 2 : 1);
        }
        assertThat(generation("of-nobody")).isEqualTo(1);
    }

    @Test
    void anEventScalesItsAdapterWithinBounds() {
        mailbox.send(request("half", Optional.empty(), OptionalDouble.of(0.5)));
        mailbox.send(request("tenfold", Optional.empty(), OptionalDouble.of(10)));
        assertThat(generation("half")).isEqualTo(1);
        assertThat(resultOf("tenfold")).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.fault().code()).isEqualTo("invalid_value");
            assertThat(failed.fault().field()).isEqualTo("loraScale");
        });
    }

    private InferenceRequest request(String id, Optional<String> user, OptionalDouble scale) {
        return new InferenceRequest(
                id,
                Optional.of(name),
                user,
                scale,
                new Prompt.Text("The sea"),
                new Output.Generate(Sampling.greedy(2)),
                0,
                Optional.empty());
    }

    private int generation(String id) {
        return ((Answered) resultOf(id)).served().generation();
    }

    private InferenceResult resultOf(String id) {
        await().alias(id).atMost(PATIENCE).until(() -> !mailbox.results(id).isEmpty());
        return mailbox.results(id).getFirst();
    }
}
