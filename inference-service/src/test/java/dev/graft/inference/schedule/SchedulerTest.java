package dev.graft.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.inference.request.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private final Scheduler scheduler = new Scheduler(512, 64, 8, 512);
    private int number;

    private Sequence prompt(int tokens) {
        return new Sequence(number++, Tokens.of(new int[tokens]), tokens);
    }

    private Sequence answer() {
        Sequence sequence = prompt(5);
        sequence.advance(5);
        sequence.append(1);
        return sequence;
    }

    private static void carryOut(StepPlan plan) {
        for (StepPlan.Part part : plan.parts()) {
            part.sequence().advance(part.count());
            if (part.sequence().pending() == 0) {
                part.sequence().append(1);
            }
        }
    }

    @Test
    void aLongPromptGoesInSmallChunksBesideRunningAnswers() {
        Sequence first = answer();
        List<Sequence> sequences = List.of(first, answer(), prompt(2000));
        for (int step = 1; step <= 6; step++) {
            StepPlan plan = scheduler.plan(sequences);
            assertThat(plan.tokens()).isEqualTo(16);
            carryOut(plan);
            assertThat(first.known()).isEqualTo(6 + step);
        }
    }

    @Test
    void promptsArePackedOneBehindTheOther() {
        List<Sequence> sequences = List.of(prompt(40), prompt(40), prompt(40), prompt(40));
        List<Integer> sizes = new ArrayList<>();
        List<Integer> begun = new ArrayList<>();
        while (sequences.stream().anyMatch(s -> !s.decoding())) {
            StepPlan plan = scheduler.plan(sequences);
            sizes.add(plan.tokens());
            plan.parts().forEach(part -> part.sequence().advance(part.count()));
            begun.add((int) sequences.stream().filter(Sequence::decoding).count());
        }
        assertThat(sizes).containsExactly(64, 64, 32);
        assertThat(begun).containsExactly(1, 3, 4);
    }

    @Test
    void shortPromptsGoOneAfterTheOtherBeforeTheNextDecodeStep() {
        List<Sequence> sequences = List.of(answer(), prompt(64), prompt(64), prompt(64));
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            StepPlan plan = scheduler.plan(sequences);
            sizes.add(plan.tokens());
            carryOut(plan);
        }
        assertThat(sizes).containsExactly(64, 64, 64, 4);
    }

    @Test
    void burstsOfShortPromptsAreBounded() {
        List<Sequence> sequences = new ArrayList<>(List.of(answer()));
        int prefillSteps = 0;
        while (true) {
            sequences.add(prompt(64));
            StepPlan plan = scheduler.plan(sequences);
            carryOut(plan);
            if (plan.parts().getFirst().sequence() == sequences.getFirst()) {
                break;
            }
            prefillSteps++;
        }
        assertThat(prefillSteps).isEqualTo(8);
    }

    @Test
    void whatFitsBesideTheAnswersGoesWithThem() {
        Sequence answer = answer();
        Sequence prompt = prompt(12);
        carryOut(scheduler.plan(List.of(answer, prompt)));
        assertThat(prompt.decoding()).isTrue();
        assertThat(answer.known()).isEqualTo(7);
    }

    @Test
    void branchesThatFillAStepAreNotStarvedByAnswers() {
        Sequence labelled = prompt(1);
        labelled.withTail(511);
        List<Sequence> sequences = List.of(answer(), answer(), labelled);
        carryOut(scheduler.plan(sequences));
        carryOut(scheduler.plan(sequences));
        assertThat(labelled.decoding()).isTrue();
        assertThat(sequences.getFirst().known()).isEqualTo(7);
    }

    @Test
    void thePromptsLastTokenGoesTogetherWithItsBranches() {
        Sequence labelled = prompt(100);
        labelled.withTail(480);
        List<Integer> sizes = new ArrayList<>();
        while (labelled.pending() > 0 && sizes.size() < 10) {
            StepPlan plan = scheduler.plan(List.of(labelled));
            sizes.add(plan.tokens());
            plan.parts().forEach(part -> part.sequence().advance(part.count()));
        }
        assertThat(sizes).allMatch(size -> size <= 512);
        assertThat(sizes.getLast()).isGreaterThanOrEqualTo(481);
    }

    @Test
    void whateverComesNoStepIsTooLargeAndEverythingIsComputed() {
        Random random = new Random(20261124);
        for (int round = 0; round < 2000; round++) {
            Scheduler small = new Scheduler(128, 1 + random.nextInt(128), random.nextInt(64), random.nextInt(256));
            List<Sequence> sequences = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                Sequence sequence = prompt(1 + random.nextInt(300));
                sequence.withTail(random.nextInt(4) == 0 ? random.nextInt(127) : 0);
                sequences.add(sequence);
            }
            int steps = 0;
            while (sequences.stream().anyMatch(s -> s.pending() > 0)) {
                StepPlan plan = small.plan(sequences);
                assertThat(plan.tokens()).isBetween(1, 128);
                plan.parts().forEach(part -> part.sequence().advance(part.count()));
                assertThat(++steps).isLessThan(3000);
            }
        }
    }
}
