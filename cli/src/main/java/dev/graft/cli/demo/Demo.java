package dev.graft.cli.demo;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.Progress;
import dev.graft.cli.PromptClient;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.events.PromptBatch;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.contracts.PromptResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What {@code graft demo} shows on a stack that runs. */
public final class Demo {
    /** Under way at the same time: what the engine computes at once, so that latency is that of a call and not of a queue. */
    private static final int WINDOW = 8;

    private static final List<String> TEMPLATES = List.of("reviews-zero-shot", "reviews-few-shot", "reviews-chat");
    private static final String QUESTION = "What's the price of Product A?";

    private final Stack stack;
    private final Progress progress;
    private final PrintStream out;
    private final Duration time;

    /**
     * What it printed.
     *
     * @param model which weights answered
     * @param cases sentences that each template was run on
     * @param rows two a template: its label scored, and written freely
     * @param question what the customer asked
     * @param answer what the assistant answered
     * @param training what an adapter that was trained on other reviews is worth
     * @param adapters what requests with adapters of their own gave
     */
    public record Report(
            String model,
            int cases,
            List<DemoRow> rows,
            String question,
            String answer,
            TrainingReport training,
            AdapterReport adapters) {
        public Report {
            rows = List.copyOf(rows);
        }
    }

    /** @param time for all of it; the training gets what is left when the templates are through */
    public Demo(Stack stack, Progress progress, PrintStream out, Duration time) {
        this.stack = stack;
        this.progress = progress;
        this.out = out;
        this.time = time;
    }

    /** @param examples the folder of the template files */
    public Report run(Path examples) throws IOException, InterruptedException {
        PromptClient client = new PromptClient(stack.prompt().url());
        client.apply(examples.resolve("reviews.yaml"));
        client.apply(examples.resolve("customer-service.yaml"));
        long begin = System.nanoTime();
        ReviewSplit reviews = ReviewSplit.read(GraftHome.current().reviews());
        List<Review> heldOut = reviews.heldOut();
        List<Measured> measured = new ArrayList<>();
        for (String template : TEMPLATES) {
            for (LabelMode mode : LabelMode.values()) {
                measured.add(measure(template, mode, heldOut, Optional.empty()));
            }
        }
        List<DemoRow> rows = measured.stream().map(Measured::row).toList();
        out.println();
        out.println(heldOut.size() + " held-out sentences of product reviews, " + ReviewSplit.HELD_OUT_EACH
                + " each positive, negative and neutral; over Kafka, " + WINDOW + " at a time:");
        out.println();
        out.print(DemoTable.of(rows));
        out.println("scored: every label's likelihood is computed, and the likeliest is the answer. "
                + "written: the model writes freely, and what is none of the labels is wrong.");
        PromptResult.Answered answered = ask(client);
        TrainingReport trained = train(answered.served().model(), client, reviews, measured.getFirst(), begin);
        return new Report(
                answered.served().model(), heldOut.size(), rows, QUESTION, answered.text(), trained, adapters());
    }

    /** What adapters show, alone. */
    public AdapterReport adapters() throws IOException, InterruptedException {
        return new AdapterShow(new InferenceClient(stack.inference().url()), progress, out).run();
    }

    private PromptResult.Answered ask(PromptClient client) throws IOException, InterruptedException {
        out.println();
        out.println("Customer: " + QUESTION);
        out.print("TechCorp: ");
        PromptResult.Answered answered =
                client.stream("customer-service", Map.of("question", TextNode.valueOf(QUESTION)), piece -> {
                    out.print(piece);
                    out.flush();
                });
        out.println();
        return answered;
    }

    /** Trains on what was not held out, and asks the first template's words again, of the adapter. */
    private TrainingReport train(String model, PromptClient client, ReviewSplit reviews, Measured before, long begin)
            throws IOException, InterruptedException {
        String template = "reviews-plain";
        String prompt = client.text(template, Map.of("text", TextNode.valueOf("{{ input }}")));
        Duration left = time.minusNanos(System.nanoTime() - begin);
        List<Review> examples = reviews.balancedRest();
        ReviewTraining.Trained trained = new ReviewTraining(
                        new TrainingClient(stack.training().url()), progress)
                .run(model, examples, prompt, left);
        Measured after = measure(template, LabelMode.SCORE, reviews.heldOut(), Optional.of(ReviewTraining.ADAPTER));
        TrainingReport report = new TrainingReport(
                ReviewTraining.ADAPTER,
                trained.job().path("generation").asInt(),
                examples.size(),
                trained.epochs(),
                trained.job().path("steps").asInt(),
                trained.tokensPerSecond(),
                trained.seconds(),
                before.row(),
                after.row(),
                McNemar.of(before.right(), after.right()));
        out.println();
        TrainingLines.of(report).forEach(out::println);
        return report;
    }

    /** @param right ids of the reviews that were answered rightly */
    private record Measured(DemoRow row, Set<String> right) {}

    /** @param adapter to be asked; empty: the base */
    private Measured measure(String template, LabelMode mode, List<Review> reviews, Optional<String> adapter)
            throws IOException {
        String run = UUID.randomUUID().toString();
        Map<String, Review> asked = new HashMap<>();
        List<PromptRequest> requests = new ArrayList<>();
        for (Review review : reviews) {
            PromptRequest request = request(run + "-" + review.id(), template, mode, review, adapter);
            asked.put(request.id(), review);
            requests.add(request);
        }
        try (Progress.Task task = progress.begin(template + ", " + DemoRow.word(mode)
                        + adapter.map(name -> ", " + name).orElse(""));
                PromptBatch batch = new PromptBatch(stack.bootstrapServers(), WINDOW)) {
            Tally tally = new Tally(template, mode);
            batch.run(requests.iterator(), (result, latency) -> {
                Review review = asked.get(result.id());
                if (review == null) {
                    throw new IllegalStateException("a result that nobody asked for: " + result.id());
                }
                tally.add(result, review, latency);
                task.at(tally.done(), requests.size(), tally.right().size() + " right");
            });
            task.done(tally.right().size() + " of " + tally.done() + " right");
            return new Measured(tally.row(), tally.right());
        }
    }

    private static PromptRequest request(
            String id, String template, LabelMode mode, Review review, Optional<String> adapter) {
        return new PromptRequest(
                id,
                template,
                Map.of("text", TextNode.valueOf(review.text())),
                adapter,
                Optional.empty(),
                Optional.of(mode),
                0,
                Optional.empty());
    }
}
