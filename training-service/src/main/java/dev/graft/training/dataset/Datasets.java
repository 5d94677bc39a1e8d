package dev.graft.training.dataset;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Reads and judges data before it is trained on. */
public final class Datasets {
    private final DataFiles files;
    private final int mostExamples;

    /** @param mostExamples of one file */
    public Datasets(DataFiles files, int mostExamples) {
        this.files = files;
        this.mostExamples = mostExamples;
    }

    /**
     * What was read.
     *
     * @param dataset to be trained on; without errors in the report
     * @param report what is known of it
     */
    public record Read(Dataset dataset, DatasetReport report) {}

    /**
     * Reads, judges, tokenizes; the same data, seed and model give the same dataset.
     *
     * @param reported told what was found, before errors refuse it
     * @throws FaultException {@code invalid_dataset} with the lines at fault, {@code file_not_found}, {@code invalid_template}
     */
    public Read read(TrainingData data, ModelTokens tokens, long seed, Reported reported) throws IOException {
        Judged judged = judge(data, tokens, seed);
        reported.found(judged.report());
        judged.report().refuseErrors();
        return new Read(dataset(judged, tokens), judged.report());
    }

    /**
     * What is to be known of data before it is trained on; errors are in it, and refuse nothing.
     *
     * @throws FaultException {@code file_not_found}, {@code invalid_template}
     */
    public DatasetReport report(TrainingData data, ModelTokens tokens, long seed) throws IOException {
        return judge(data, tokens, seed).report();
    }

    /**
     * @param held which examples of the training file are kept back
     * @param labels of which the right one is looked for in each example that is measured on; empty where those have none
     */
    private record Judged(
            FileExamples training,
            Optional<FileExamples> validation,
            Set<Integer> held,
            Set<String> labels,
            DatasetReport report) {
        /** The examples that are measured on. */
        List<Example> measured() {
            return Datasets.measured(training, validation, held);
        }
    }

    private Judged judge(TrainingData data, ModelTokens tokens, long seed) throws IOException {
        requirePlaces(data);
        HeapRoom room = HeapRoom.ofThisProcess();
        FileExamples training = examples("training_file", data.file(), data.format(), data, tokens, room);
        Optional<FileExamples> validation = Optional.empty();
        Set<Integer> held = Set.of();
        if (data.validation().isPresent()) {
            FileExamples other =
                    examples("validation_file", data.validation().get(), data.validationFormat(), data, tokens, room);
            other.warnOfOverlap(training);
            other.warnOfNewLabels(training);
            validation = Optional.of(other);
        } else {
            held = held(data, training.examples().size(), seed);
            training.warnOfOverlapWithin(held);
        }
        Set<String> labels = labels(measured(training, validation, held), training);
        if (labels.size() > LabelChoices.MOST_LABELS) {
            training.warnOfManyLabels(labels.size());
        }
        var report = new DatasetReport(training.report(), validation.map(FileExamples::report));
        return new Judged(training, validation, held, labels, report);
    }

    /** Is told what was found. */
    @FunctionalInterface
    public interface Reported {
        /** Errors among it are thrown after this. */
        void found(DatasetReport report) throws IOException;
    }

    private FileExamples examples(
            String field,
            String file,
            Optional<TrainingData.Format> format,
            TrainingData data,
            ModelTokens tokens,
            HeapRoom room)
            throws IOException {
        DataFile found = files.find(file)
                .orElseThrow(() -> new FaultException(
                        Fault.input("file_not_found", field, file, "upload it first: POST /v1/files")));
        boolean table = format.orElse(found.format()) == TrainingData.Format.CSV;
        try (InputStream in = Files.newInputStream(files.content(found))) {
            return FileExamples.read(in, table, data, tokens, mostExamples, room);
        }
    }

    private static Dataset dataset(Judged judged, ModelTokens tokens) {
        FileExamples training = judged.training();
        Set<Integer> held = judged.held();
        List<TokenizedExample> learned = new ArrayList<>();
        List<TokenizedExample> measured = new ArrayList<>();
        for (int i = 0; i < training.tokenized().size(); i++) {
            (held.contains(i) ? measured : learned).add(training.tokenized().get(i));
        }
        judged.validation().ifPresent(file -> measured.addAll(file.tokenized()));
        return new Dataset(learned, measured, choices(judged, tokens));
    }

    private static List<Example> measured(FileExamples training, Optional<FileExamples> validation, Set<Integer> held) {
        List<Example> measured = new ArrayList<>();
        held.stream().sorted().forEach(index -> measured.add(training.examples().get(index)));
        validation.ifPresent(file -> measured.addAll(file.examples()));
        return measured;
    }

    /** Which examples are kept back: at least one, and never all. */
    private static Set<Integer> held(TrainingData data, int examples, long seed) {
        int count = (int) Math.round(data.validationShare().orElse(0) * examples);
        if (data.validationShare().orElse(0) > 0) {
            count = Math.clamp(count, 1, Math.max(1, examples - 1));
        }
        if (examples < 2) {
            return Set.of();
        }
        var random = new Random(seed);
        Set<Integer> held = new HashSet<>();
        while (held.size() < count) {
            held.add(random.nextInt(examples));
        }
        return held;
    }

    private static Set<String> labels(List<Example> measured, FileExamples training) {
        boolean labelled =
                !measured.isEmpty() && measured.stream().allMatch(e -> e.label().isPresent());
        if (!labelled) {
            return Set.of();
        }
        Set<String> labels = new TreeSet<>(training.labels());
        measured.forEach(example -> example.label().ifPresent(labels::add));
        return labels;
    }

    private static Optional<LabelChoices> choices(Judged judged, ModelTokens tokens) {
        if (judged.labels().size() < 2 || judged.labels().size() > LabelChoices.MOST_LABELS) {
            return Optional.empty();
        }
        try {
            return Optional.of(LabelChoices.of(judged.measured(), List.copyOf(judged.labels()), tokens));
        } catch (RowException e) {
            // Each prompt and each label was tokenized before.
            throw new IllegalStateException(e);
        }
    }

    private static void requirePlaces(TrainingData data) {
        data.template()
                .map(TrainingData.Template::prompt)
                .filter(p -> !Places.in(p))
                .ifPresent(prompt -> {
                    throw new FaultException(Fault.input(
                            "invalid_template",
                            "data.template.prompt",
                            prompt,
                            "must have a place such as {{ input }}: without one all examples read the same"));
                });
    }
}
