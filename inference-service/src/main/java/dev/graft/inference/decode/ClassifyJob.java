package dev.graft.inference.decode;

import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Served;
import dev.graft.contracts.Usage;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.LabelProbabilities;
import dev.graft.inference.answer.RunningLabelMeans;
import dev.graft.inference.request.Request.Classify;
import dev.graft.inference.request.Request.Label;
import dev.graft.inference.request.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Labels by likelihood: the prompt's scores and, where asked for, those of the content-free prompt. */
final class ClassifyJob extends Job {
    private final Classify request;
    private final Served served;
    private final Memory memory;
    private final PromptCells cells;
    private final ScoreLane lane;
    private final List<PromptCells> allCells = new ArrayList<>();
    private Optional<double[]> prior = Optional.empty();
    private Optional<ScoreLane> priorLane = Optional.empty();
    private int lanesToCome;

    /** What outlives a request. */
    record Memory(PriorScores priors, RunningLabelMeans means) {}

    private ClassifyJob(
            Submission submission, int slot, Classify request, Served served, Memory memory, PromptCells cells) {
        super(submission, slot);
        this.request = request;
        this.served = served;
        this.memory = memory;
        this.cells = cells;
        this.allCells.add(cells);
        this.lane = new ScoreLane(
                cells, new LabelTrie(request.labels()), request.labels().size(), this::scored);
        this.lanesToCome = 1;
    }

    /** Begins, or is empty when cells or sequence numbers are short. */
    static Optional<Job> begin(
            Submission submission, int slot, Classify request, PromptCells.Kv kv, Served served, Memory memory) {
        Optional<ScaledAdapter> weights = request.terms().adapter();
        LabelTrie trie = new LabelTrie(request.labels());
        Optional<Tokens> toScore = request.contentFree()
                .filter(prompt ->
                        memory.priors.find(weights, prompt, request.labels()).isEmpty());
        Optional<PromptCells> cells = take(kv, weights, request.prompt(), trie);
        Optional<PromptCells> priorCells =
                cells.isPresent() ? toScore.flatMap(prompt -> take(kv, weights, prompt, trie)) : Optional.empty();
        if (cells.isEmpty() || toScore.isPresent() != priorCells.isPresent()) {
            cells.ifPresent(PromptCells::release);
            return Optional.empty();
        }
        ClassifyJob job = new ClassifyJob(submission, slot, request, served, memory, cells.get());
        job.prior = request.contentFree().flatMap(prompt -> memory.priors.find(weights, prompt, request.labels()));
        priorCells.ifPresent(job::scorePrior);
        return Optional.of(job);
    }

    private static Optional<PromptCells> take(
            PromptCells.Kv kv, Optional<ScaledAdapter> weights, Tokens prompt, LabelTrie trie) {
        return PromptCells.take(kv, weights, prompt, trie.computed().size(), 1 + trie.branches(), false);
    }

    private void scorePrior(PromptCells taken) {
        allCells.add(taken);
        lanesToCome++;
        priorLane = Optional.of(new ScoreLane(
                taken, new LabelTrie(request.labels()), request.labels().size(), this::priorScored));
    }

    private void priorScored() {
        double[] scores = priorLane.orElseThrow().logLikelihoods();
        memory.priors.keep(request.terms().adapter(), request.contentFree().orElseThrow(), request.labels(), scores);
        prior = Optional.of(scores);
        scored();
    }

    private void scored() {
        if (--lanesToCome > 0) {
            return;
        }
        markFirst();
        List<LabelProbability> labels = probabilities();
        int likeliest = IntStream.range(0, labels.size())
                .reduce((a, b) -> labels.get(b).probability() > labels.get(a).probability() ? b : a)
                .orElseThrow();
        emit(new AnswerEvent.Text(0, labels.get(likeliest).label(), List.of()));
        emit(new AnswerEvent.ChoiceEnded(0, Finish.LABEL));
        finish(new AnswerEvent.Done(served, usage(), timings(), labels, List.of(), new float[0]));
    }

    private List<LabelProbability> probabilities() {
        int[] tokenCounts =
                request.labels().stream().mapToInt(l -> l.tokens().length()).toArray();
        double[] p = LabelProbabilities.of(
                lane.logLikelihoods(), tokenCounts, prior, request.normalisation(), request.calibration());
        List<String> texts = request.labels().stream().map(Label::text).toList();
        double[] calibrated = request.calibration() == Calibration.BATCH
                ? memory.means.calibrate(request.terms().adapter(), texts, p)
                : p;
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new LabelProbability(texts.get(i), calibrated[i], lane.logLikelihoods()[i]))
                .toList();
    }

    private Usage usage() {
        int labelTokens =
                request.labels().stream().mapToInt(l -> l.tokens().length()).sum();
        return new Usage(request.prompt().length(), cells.cached(), labelTokens);
    }

    @Override
    List<Lane> lanes() {
        return Stream.concat(Stream.of(lane), priorLane.stream())
                .filter(ScoreLane::ready)
                .map(Lane.class::cast)
                .toList();
    }

    @Override
    void release() {
        allCells.forEach(PromptCells::release);
    }

    @Override
    int cached() {
        return cells.cached();
    }
}
