package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.stack.StackProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of the worker that has a job, another brings it to the same end, once. */
@ExtendWith(RunningStack.Parameter.class)
class TwoTrainingServicesShareAJobTest {
    private static final int STEPS = 24;
    private static final Duration LEFT_WITHIN = Duration.ofMinutes(2);

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void whereOneIsKilledOrHeldUpTheOtherEndsInTheVerySameAdapter(RunningStack stack)
            throws IOException, InterruptedException {
        StackProcess first = stack.processes().training();
        StackProcess second = stack.processes().addTraining("training-service-2", freePort());
        try {
            String file = new TrainingJobs(first.url()).upload(folder);
            JsonNode whole = ended(first, new TrainingJobs(first.url()).begin(file, "undisturbed", STEPS));

            JsonNode afterStall = heldUp(stack, first, second, file);
            JsonNode afterKill = killed(first, second, file);

            assertThat(afterStall.path("adapter_sha256").asText())
                    .isEqualTo(whole.path("adapter_sha256").asText())
                    .hasSize(64);
            assertThat(afterKill.path("adapter_sha256").asText())
                    .isEqualTo(whole.path("adapter_sha256").asText());
        } finally {
            second.stop();
            first.stop();
            stack.startAgain(first);
        }
    }

    /** A worker that stands still for longer than its lock lasts, and then goes on as if nothing had been. */
    private static JsonNode heldUp(RunningStack stack, StackProcess first, StackProcess second, String file)
            throws IOException, InterruptedException {
        String job = begun(first, file, "held-up");
        StackProcess worker = worker(first, second, job);
        StackProcess other = worker == first ? second : first;
        signal("STOP", worker);
        try {
            awaitAttempts(other, job, 2);
        } finally {
            signal("CONT", worker);
        }
        JsonNode end = ended(other, job);

        awaitLeft(worker, job);
        assertThat(end.path("generation").asInt()).isEqualTo(1);
        assertThat(stack.inference().get("/v1/adapters/held-up").json().path("generations"))
                .hasSize(1);
        assertThat(new TrainingJobs(worker.url()).messages(job))
                .filteredOn(message -> message.contains("is live"))
                .hasSize(1);
        assertThat(stack.home().resolve("training/jobs/" + job + "/adapter.gguf"))
                .isNotEmptyFile();
        return end;
    }

    private static JsonNode killed(StackProcess first, StackProcess second, String file)
            throws IOException, InterruptedException {
        String job = begun(first, file, "killed-of-two");
        StackProcess worker = worker(first, second, job);
        worker.kill();
        StackProcess other = worker == first ? second : first;
        JsonNode end = ended(other, job);
        assertThat(new TrainingJobs(other.url()).messages(job))
                .anyMatch(message -> message.startsWith("goes on after step"));
        return end;
    }

    /** A job that has done some steps. */
    private static String begun(StackProcess service, String file, String name)
            throws IOException, InterruptedException {
        var jobs = new TrainingJobs(service.url());
        String job = jobs.begin(file, name, STEPS);
        jobs.await(job, known -> known.path("step").asInt() >= 4);
        return job;
    }

    private static JsonNode ended(StackProcess service, String job) throws IOException, InterruptedException {
        JsonNode end = new TrainingJobs(service.url()).awaitEnd(job);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("succeeded");
        return end;
    }

    /** Who has it: a worker's name begins with its process's id. */
    private static StackProcess worker(StackProcess first, StackProcess second, String job)
            throws IOException, InterruptedException {
        String name = attempts(first, job).getLast().path("worker").asText();
        return name.startsWith(first.handle().orElseThrow().pid() + "@") ? first : second;
    }

    private static void awaitAttempts(StackProcess service, String job, int count)
            throws IOException, InterruptedException {
        new TrainingJobs(service.url()).await(job, known -> {
            try {
                return attempts(service, job).size() >= count;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** What workers said when they began, the first of them first. */
    private static List<JsonNode> attempts(StackProcess service, String job) throws IOException, InterruptedException {
        return new TrainingJobs(service.url())
                .events(job).reversed().stream()
                        .map(event -> event.path("data"))
                        .filter(event -> event.path("type").asText().equals("running")
                                && event.path("step").asInt() < STEPS)
                        .toList();
    }

    private static void awaitLeft(StackProcess worker, String job) throws IOException, InterruptedException {
        long end = System.nanoTime() + LEFT_WITHIN.toNanos();
        while (!Files.readString(worker.log()).contains(job + " went to another worker")) {
            assertThat(System.nanoTime()).as("the worker has left the job").isLessThan(end);
            Thread.sleep(100);
        }
    }

    private static void signal(String signal, StackProcess process) throws IOException, InterruptedException {
        long pid = process.handle().orElseThrow().pid();
        int code = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
