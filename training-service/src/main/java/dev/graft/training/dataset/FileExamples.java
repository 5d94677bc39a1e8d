package dev.graft.training.dataset;

import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingData.Columns;
import dev.graft.contracts.TrainingData.LossOn;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One file, read once: its examples and what is odd about them. */
final class FileExamples {
    private static final double RARE = 0.1;

    private final TrainingData data;
    private final ModelTokens tokens;
    private final int most;
    private final HeapRoom room;
    private final Findings findings = new Findings();
    private final Repeats repeats = new Repeats();
    private final List<Example> examples = new ArrayList<>();
    private final List<TokenizedExample> tokenized = new ArrayList<>();
    private final Map<String, Integer> labels = new TreeMap<>();
    private @Nullable Form form;
    private int cutExamples;
    private long cutTokens;

    private FileExamples(TrainingData data, ModelTokens tokens, int most, HeapRoom room) {
        this.data = data;
        this.tokens = tokens;
        this.most = most;
        this.room = room;
    }

    /**
     * @param most examples that are taken; more are an error
     * @param room that they may take, with other files'; more is an error
     */
    static FileExamples read(
            InputStream in, boolean table, TrainingData data, ModelTokens tokens, int most, HeapRoom room)
            throws IOException {
        var file = new FileExamples(data, tokens, most, room);
        if (table) {
            TableRows.read(in, file.findings, file::take);
        } else {
            JsonLines.read(in, file.findings, file::take);
        }
        file.judge();
        return file;
    }

    List<Example> examples() {
        return examples;
    }

    List<TokenizedExample> tokenized() {
        return tokenized;
    }

    /** All that occur, sorted. */
    List<String> labels() {
        return List.copyOf(labels.keySet());
    }

    /** Examples that the other file has as well. */
    void warnOfOverlap(FileExamples training) {
        for (Example example : examples) {
            training.repeats
                    .lineOf(example)
                    .ifPresent(line -> findings.add(
                            Severity.WARNING,
                            "overlap",
                            "has an input that is learned as well, from the training file's line that is told with it, so what is measured on it says little",
                            example.line(),
                            line));
        }
    }

    /** Examples that are kept back though others with their input are learned. */
    void warnOfOverlapWithin(Set<Integer> held) {
        Map<Fingerprint, Integer> learned = new HashMap<>();
        for (int i = 0; i < examples.size(); i++) {
            if (!held.contains(i)) {
                learned.putIfAbsent(
                        Fingerprint.of(examples.get(i).input()), examples.get(i).line());
            }
        }
        for (int i : held.stream().sorted().toList()) {
            Integer line = learned.get(Fingerprint.of(examples.get(i).input()));
            if (line != null) {
                findings.add(
                        Severity.WARNING,
                        "overlap",
                        "is kept back to measure on, and its input is learned from another line",
                        examples.get(i).line(),
                        line);
            }
        }
    }

    /** More labels than accuracy is measured with. */
    void warnOfManyLabels(int labels) {
        findings.add(
                Severity.WARNING,
                "many_labels",
                labels + " labels are more than the " + LabelChoices.MOST_LABELS
                        + " with which accuracy and macro-F1 are measured: it is measured by its loss alone");
    }

    /** Examples whose label is never learned. */
    void warnOfNewLabels(FileExamples training) {
        for (Example example : examples) {
            if (example.label()
                    .filter(label -> !training.labels.containsKey(label))
                    .isPresent()) {
                findings.add(Severity.WARNING, "new_label", "has a label that is never learned", example.line());
            }
        }
    }

    FileReport report() {
        Optional<TokenLengths> lengths =
                tokenized.isEmpty() ? Optional.empty() : Optional.of(TokenLengths.of(tokenized));
        return new FileReport(tokenized.size(), labels, lengths, cutExamples, cutTokens, findings.all());
    }

    private void take(Row row) {
        if (examples.size() >= most) {
            findings.add(Severity.ERROR, "too_many_examples", "the file has more than " + most + " examples");
            return;
        }
        if (room.isFull()) {
            findings.add(Severity.ERROR, "too_many_examples", room.remedy());
            return;
        }
        try {
            Example example = form(row).example(row);
            ModelTokens.Tokenized fitted = tokens.tokens(example, data.lossOn().orElse(LossOn.COMPLETION));
            keep(example, fitted);
        } catch (RowException e) {
            findings.add(Severity.ERROR, e.code(), String.valueOf(e.getMessage()), row.line());
        }
    }

    private void keep(Example example, ModelTokens.Tokenized fitted) {
        repeats.check(example, findings);
        example.label().ifPresent(label -> labels.merge(label, 1, Integer::sum));
        examples.add(example);
        tokenized.add(fitted.example());
        room.take(fitted.example().tokens().length);
        if (fitted.cut() > 0) {
            cutExamples++;
            cutTokens += fitted.cut();
            findings.add(Severity.WARNING, "cut", "is too long and loses the beginning of its prompt", example.line());
        }
    }

    private Form form(Row row) {
        Form known = form;
        if (known == null) {
            known = named().orElseGet(() -> Form.of(row));
            form = known;
        }
        return known;
    }

    /** The form that the sender named, where it did. */
    private Optional<Form> named() {
        Optional<Prompt> template = data.template().map(TrainingData.Template::prompt);
        if (data.columns().isEmpty() && template.isEmpty()) {
            return Optional.empty();
        }
        Columns columns = data.columns().orElse(new Columns("input", "label"));
        return Optional.of(new Form.Labelled(columns, false, template));
    }

    private void judge() {
        if (examples.isEmpty()) {
            findings.add(Severity.ERROR, "no_examples", "there is no example in the file");
        }
        if (labels.size() == 1) {
            findings.add(Severity.WARNING, "one_label", "each example has the same label");
        }
        int commonest = labels.values().stream().mapToInt(n -> n).max().orElse(0);
        labels.forEach((label, count) -> {
            if (count < RARE * commonest) {
                findings.add(
                        Severity.WARNING,
                        "unbalanced",
                        "label " + label + " has " + count + " examples, the commonest " + commonest);
            }
        });
    }
}
