package dev.graft.cli.demo;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.Progress;
import dev.graft.cli.PromptClient;
import dev.graft.cli.events.PromptBatch;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.contracts.PromptResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * What it printed.
     *
     * @param model which weights answered
     * @param cases sentences that each template was run on
     * @param rows two a template: its label scored, and written freely
     * @param question what the customer asked
     * @param answer what the assistant answered
     * @param adapters what requests with adapters of their own gave
     */
    public record Report(
            String model, int cases, List<DemoRow> rows, String question, String answer, AdapterReport adapters) {
        public Report {
            rows = List.copyOf(rows);
        }
    }

    public Demo(Stack stack, Progress progress, PrintStream out) {
        this.stack = stack;
        this.progress = progress;
        this.out = out;
    }

    /** @param examples the folder of the template files */
    public Report run(Path examples) throws IOException, InterruptedException {
        PromptClient client = new PromptClient(stack.prompt().url());
        client.apply(examples.resolve("reviews.yaml"));
        client.apply(examples.resolve("customer-service.yaml"));
        List<Review> heldOut = ReviewSplit.read(GraftHome.current().reviews()).heldOut();
        List<DemoRow> rows = new ArrayList<>();
        for (String template : TEMPLATES) {
            for (LabelMode mode : LabelMode.values()) {
                rows.add(measure(template, mode, heldOut));
            }
        }
        out.println();
        out.println(heldOut.size() + " held-out sentences of product reviews, " + ReviewSplit.HELD_OUT_EACH
                + " each positive, negative and neutral; over Kafka, " + WINDOW + " at a time:");
        out.println();
        out.print(DemoTable.of(rows));
        out.println("scored: every label's likelihood is computed, and the likeliest is the answer. "
                + "written: the model writes freely, and what is none of the labels is wrong.");
        PromptResult.Answered answered = ask(client);
        return new Report(answered.served().model(), heldOut.size(), rows, QUESTION, answered.text(), adapters());
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

    private DemoRow measure(String template, LabelMode mode, List<Review> reviews) throws IOException {
        String run = UUID.randomUUID().toString();
        Map<String, Sentiment> labels = new HashMap<>();
        List<PromptRequest> requests = new ArrayList<>();
        for (Review review : reviews) {
            PromptRequest request = request(run + "-" + review.id(), template, mode, review);
            labels.put(request.id(), review.label());
            requests.add(request);
        }
        try (Progress.Task task = progress.begin(template + ", " + DemoRow.word(mode));
                PromptBatch batch = new PromptBatch(stack.bootstrapServers(), WINDOW)) {
            Tally tally = new Tally(template, mode);
            batch.run(requests.iterator(), (result, latency) -> {
                Sentiment label = labels.get(result.id());
                if (label == null) {
                    throw new IllegalStateException("a result that nobody asked for: " + result.id());
                }
                tally.add(result, label, latency);
                task.at(tally.done(), requests.size(), tally.right() + " right");
            });
            task.done(tally.right() + " of " + tally.done() + " right");
            return tally.row();
        }
    }

    private static PromptRequest request(String id, String template, LabelMode mode, Review review) {
        return new PromptRequest(
                id,
                template,
                Map.of("text", TextNode.valueOf(review.text())),
                Optional.empty(),
                Optional.empty(),
                Optional.of(mode),
                0,
                Optional.empty());
    }
}
