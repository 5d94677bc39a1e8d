package dev.graft.training.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ADatasetIsJudgedByItsLinesTest {
    private static final int MOST_EXAMPLES = 100;

    @TempDir
    Path folder = Path.of("unset");

    private int tokens = 2048;
    private HeapRoom room = HeapRoom.ofThisProcess();

    @ParameterizedTest(name = "{1} at line {2} of {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"input":"a","label":"x"}\\n{"input":"b"}                                       | missing_field    | 2
            {"input":"a","label":"x"}\\n\\n{"input":"","label":"x"}                         | empty_field      | 3
            {"input":"a","label":"x"}\\n{"input":"b","label":"  "}                          | empty_field      | 2
            {"input":"a","label":"x"}\\n{"input":"b","label":["x"]}                         | not_text         | 2
            {"input":"a","label":"x","weight":1}                                            | unknown_field    | 1
            {"input":"a","label":"x"}\\nnot json                                            | not_json         | 2
            {"input":"a","label":"x"}\\n{"input":"b","label":"x"} {}                        | not_json         | 2
            {"input":"a","input":"b","label":"x"}                                           | not_json         | 1
            {"prompt":"a","completion":"b"}\\n{"prompt":"a"}                                | missing_field    | 2
            {"messages":[{"role":"user","content":"a"}]}                                    | bad_messages     | 1
            {"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}      | bad_messages     | 1
            {"messages":[{"role":"robot","content":"a"},{"role":"assistant","content":"b"}]} | bad_role        | 1
            {"messages":[{"role":"user","content":"a","name":"x"},{"role":"assistant","content":"b"}]} | unknown_field | 1
            """)
    void whatIsNoExampleIsAnErrorWithItsLine(String lines, String code, int line) throws IOException {
        Finding finding = onlyFinding(report("data.jsonl", lines.replace("\\n", "\n"), plain()));

        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
        assertThat(finding.code()).isEqualTo(code);
        assertThat(finding.lines()).containsExactly(line);
    }

    @Test
    void errorsAreRefusedWithTheirLines() throws IOException {
        String id = file("data.jsonl", "{\"input\":\"a\",\"label\":\"x\"}\nno\n{\"input\":\"b\"}");

        var thrown = catchThrowableOfType(FaultException.class, () -> read(data(id, Optional.empty())));

        assertThat(thrown.fault().code()).isEqualTo("invalid_dataset");
        assertThat(thrown.fault().remedy()).contains("line 2", "line 3");
    }

    @Test
    void repeatsAndContradictionsAreWarnedOfAndGoOn() throws IOException {
        String lines = """
                {"input":"a","label":"x"}
                {"input":"a","label":"x"}
                {"input":"a","label":"y"}
                """;
        String id = file("data.jsonl", lines);

        Datasets.Read read = read(data(id, Optional.empty()));

        assertThat(read.report().training().findings())
                .extracting(Finding::text)
                .containsExactlyInAnyOrder(
                        "repeats an earlier example: line 2 (see 1)",
                        "has the input of an earlier example and another answer: line 3 (see 1)");
        assertThat(read.dataset().training()).hasSize(3);
        assertThat(read.report().training().labels()).containsEntry("x", 2).containsEntry("y", 1);
    }

    @Test
    void whatIsMeasuredOnAndLearnedIsWarnedOf() throws IOException {
        String training = file(
                "t.jsonl",
                "{\"input\":\"a\",\"label\":\"x\"}\n{\"input\":\"d\",\"label\":\"x\"}\n{\"input\":\"b\",\"label\":\"y\"}");
        String validation = file("v.jsonl", "{\"input\":\"c\",\"label\":\"z\"}\n{\"input\":\"b\",\"label\":\"y\"}");

        DatasetReport report = read(data(training, Optional.of(validation))).report();

        assertThat(report.warnings())
                .anyMatch(w -> w.startsWith("validation file")
                        && w.contains("is learned as well")
                        && w.endsWith("line 2 (see 3)"))
                .anyMatch(w -> w.contains("never learned") && w.endsWith("line 1"));
    }

    @Test
    void whatIsKeptBackThoughItsInputIsLearnedIsWarnedOf() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add("{\"input\":\"" + (i < 10 ? "the same" : "number " + i) + "\",\"label\":\"x\"}");
        }
        var data = new TrainingData(
                file("data.jsonl", String.join("\n", lines)),
                Optional.empty(),
                OptionalDouble.of(0.4),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        FileReport report = read(data).report().training();

        Finding overlap = report.findings().stream()
                .filter(finding -> finding.code().equals("overlap"))
                .findFirst()
                .orElseThrow();
        assertThat(overlap.lines()).isSubsetOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).doesNotHaveDuplicates();
        assertThat(overlap.others())
                .as("the first of them that is learned")
                .hasSameSizeAs(overlap.lines())
                .containsOnly(overlap.others().getFirst())
                .isSubsetOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                .doesNotContainAnyElementsOf(overlap.lines());
        assertThat(overlap.text()).startsWith("is kept back to measure on, and its input is learned from another line");
    }

    @Test
    void whatIsTooLongIsCutAtItsBeginningAndCounted() throws IOException {
        tokens = 40;
        String lines =
                "{\"input\":\"" + "word ".repeat(100) + "\",\"label\":\"right\"}\n{\"input\":\"a\",\"label\":\"left\"}";
        String id = file("data.jsonl", lines);

        Datasets.Read read = read(data(id, Optional.empty()));

        FileReport report = read.report().training();
        assertThat(report.cutExamples()).isEqualTo(1);
        assertThat(report.cutTokens()).isGreaterThan(60);
        TokenizedExample cut = read.dataset().training().getFirst();
        assertThat(cut.tokens()).hasSize(40);
        assertThat(SmolLm.text(cut.tokens())).endsWith("<|im_start|>assistant\nright<|im_end|>");
    }

    @Test
    void aTableTellsTheLineWhereARowBegins() throws IOException {
        String table = "id,text,sentiment\n1,\"two\nlines\",good\n2,,bad\n3,\"said \"\"hi\"\"\",bad\n4,short\n";

        FileReport report = report("data.csv", table, columns("text", "sentiment"));

        assertThat(report.examples()).isEqualTo(2);
        assertThat(report.findings())
                .extracting(Finding::text)
                .anyMatch(text -> text.equals("has an empty field text: line 4"))
                .anyMatch(text -> text.equals("has not the 3 values that the header names: line 6"));
    }

    @Test
    void aQuoteThatIsNeverClosedIsAnError() throws IOException {
        FileReport report = report("data.csv", "text,label\na,b\n\"c,d\ne,f\n", columns("text", "label"));

        assertThat(report.findings()).extracting(Finding::code).contains("not_csv");
    }

    @Test
    void bytesThatAreNoUtf8AreAnErrorWithTheirLine() throws IOException {
        byte[] bytes =
                "{\"input\":\"a\",\"label\":\"x\"}\n{\"input\":\"?\",\"label\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        bytes["{\"input\":\"a\",\"label\":\"x\"}\n{\"input\":\"".length()] = (byte) 0xff;

        Finding finding = onlyFinding(report(bytes, false, plain()));

        assertThat(finding.code()).isEqualTo("not_utf8");
        assertThat(finding.lines()).containsExactly(2);
    }

    @Test
    void moreExamplesThanAllowedAreAnError() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i <= MOST_EXAMPLES; i++) {
            lines.add("{\"input\":\"" + i + "\",\"label\":\"x\"}");
        }
        FileReport report = report("data.jsonl", String.join("\n", lines), plain());

        assertThat(report.findings()).extracting(Finding::code).contains("too_many_examples");
    }

    @Test
    void rareLabelsAreWarnedOf() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            lines.add("{\"input\":\"" + i + "\",\"label\":\"" + (i == 0 ? "rare" : "common") + "\"}");
        }
        FileReport report = report("data.jsonl", String.join("\n", lines), plain());

        assertThat(onlyFinding(report).text()).isEqualTo("label rare has 1 examples, the commonest 20");
    }

    @Test
    void aShareIsKeptBackTheSameForTheSameSeed() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lines.add("{\"input\":\"" + i + "\",\"label\":\"" + (i % 2) + "\"}");
        }
        String id = file("data.jsonl", String.join("\n", lines));
        TrainingData data = new TrainingData(
                id, Optional.empty(), OptionalDouble.of(0.2), Optional.empty(), Optional.empty(), Optional.empty());

        Dataset first = read(data).dataset();
        Dataset second = read(data).dataset();

        assertThat(first.training()).hasSize(40);
        assertThat(first.validation()).hasSize(10);
        assertThat(first.choices().orElseThrow().labels()).containsExactly("0", "1");
        assertThat(first.choices().orElseThrow().candidates()).hasSize(20);
        for (int i = 0; i < 10; i++) {
            assertThat(first.validation().get(i).tokens())
                    .isEqualTo(second.validation().get(i).tokens());
        }
    }

    @Test
    void withMoreLabelsThanAccuracyIsMeasuredWithThatIsSaid() throws IOException {
        Datasets.Read most = read(labelled(16, 0.5));
        assertThat(most.report().warnings()).noneMatch(warning -> warning.contains("accuracy"));
        assertThat(most.dataset().choices()).isPresent();

        Datasets.Read more = read(labelled(17, 0.5));
        assertThat(more.report().warnings())
                .contains("training file: 17 labels are more than the 16 with which accuracy and macro-F1 are measured:"
                        + " it is measured by its loss alone");
        assertThat(more.dataset().choices()).isEmpty();
        assertThat(read(labelled(17, 0)).report().warnings())
                .as("where nothing is measured")
                .noneMatch(warning -> warning.contains("accuracy"));
    }

    private TrainingData labelled(int labels, double share) throws IOException {
        String lines = IntStream.range(0, 2 * labels)
                .mapToObj(i -> "{\"input\":\"" + i + "\",\"label\":\"l" + i % labels + "\"}")
                .collect(Collectors.joining("\n"));
        return new TrainingData(
                file("data.jsonl", lines),
                Optional.empty(),
                share > 0 ? OptionalDouble.of(share) : OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void theSameBytesUnderAnotherNameAreReadAsWhenTheJobWasTaken() throws IOException {
        String lines = "{\"input\":\"a\",\"label\":\"x\"}\n{\"input\":\"b\",\"label\":\"y\"}";
        String id = file("data.jsonl", lines);
        TrainingData taken = files().withFormats(data(id, Optional.of(id)));

        assertThat(file("data.csv", lines)).isEqualTo(id);

        assertThat(taken.format()).contains(TrainingData.Format.JSONL);
        assertThat(taken.validationFormat()).contains(TrainingData.Format.JSONL);
        assertThat(read(taken).dataset().training()).hasSize(2);
        assertThat(files().withFormats(data(id, Optional.empty())).format()).contains(TrainingData.Format.CSV);
    }

    @Test
    void moreThanTheHeapHasRoomForIsAnErrorWithTheFigures() throws IOException {
        room = new HeapRoom(1 << 20);
        var lines = new StringBuilder();
        String text = "word ".repeat(900);
        for (int i = 0; i < MOST_EXAMPLES; i++) {
            lines.append("{\"input\":\"").append(i).append(text).append("\",\"label\":\"x\"}\n");
        }
        tokens = 8192;
        Finding finding = onlyFinding(report("data.jsonl", lines.toString(), plain()));

        assertThat(finding.code()).isEqualTo("too_many_examples");
        assertThat(finding.message()).contains("more than 1 MiB", "-Xmx");
    }

    @Test
    void aTemplateWithoutAPlaceIsRefused() throws IOException {
        String id = file("data.jsonl", "{\"input\":\"a\",\"label\":\"x\"}");
        var data = new TrainingData(
                id,
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.of(new TrainingData.Template(Optional.empty(), new Prompt.Text("Review:"))),
                Optional.empty());

        assertThat(catchThrowableOfType(FaultException.class, () -> read(data))
                        .fault()
                        .code())
                .isEqualTo("invalid_template");
    }

    private static Finding onlyFinding(FileReport report) {
        // Alone in the file, an example that is none leaves nothing, and one that is left has the only label.
        List<Finding> findings = report.findings().stream()
                .filter(f -> !f.code().equals("no_examples") && !f.code().equals("one_label"))
                .toList();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private FileReport report(String name, String content, TrainingData data) throws IOException {
        return report(content.getBytes(StandardCharsets.UTF_8), name.endsWith(".csv"), data);
    }

    private FileReport report(byte[] content, boolean table, TrainingData data) throws IOException {
        return FileExamples.read(
                        new ByteArrayInputStream(content), table, data, SmolLm.tokens(tokens), MOST_EXAMPLES, room)
                .report();
    }

    private Datasets.Read read(TrainingData data) throws IOException {
        return new Datasets(files(), MOST_EXAMPLES).read(data, SmolLm.tokens(tokens), 42, report -> {});
    }

    private String file(String name, String content) throws IOException {
        return files().keep(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), name, "fine-tune")
                .id();
    }

    private DataFiles files() {
        return new DataFiles(folder, 1 << 20);
    }

    private static TrainingData plain() {
        return data("file", Optional.empty());
    }

    private static TrainingData data(String file, Optional<String> validation) {
        return new TrainingData(
                file, validation, OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static TrainingData columns(String input, String label) {
        return new TrainingData(
                "file",
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.of(new TrainingData.Columns(input, label)),
                Optional.empty(),
                Optional.empty());
    }
}
