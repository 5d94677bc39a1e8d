package dev.graft.training.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnlyWholeCheckpointsAreGoneOnFromTest {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void theNewestIsFoundWithItsState() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 3);
        save(checkpoints, 1, 0);
        save(checkpoints, 2, 0);

        Checkpoint newest = checkpoints.newest().orElseThrow();

        assertThat(newest.progress()).isEqualTo(progress(2, 0));
        assertThat(Files.readString(newest.state())).isEqualTo("state 2");
    }

    @Test
    void oneWithAChangedByteIsPassedOverForTheOneBefore() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 3);
        save(checkpoints, 1, 0);
        save(checkpoints, 2, 0);
        Files.writeString(folder.resolve("attempt-000001/step-00000002/trainer.state"), "stale 2");

        assertThat(checkpoints.newest().orElseThrow().progress().step()).isEqualTo(1);
        assertThat(checkpoints.at(2)).isEmpty();
    }

    @Test
    void oneThatLostAFileOrItsEndIsPassedOver() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 4);
        for (int step = 1; step <= 4; step++) {
            save(checkpoints, step, 0);
        }
        Files.delete(folder.resolve("attempt-000001/step-00000004/progress.json"));
        Files.write(folder.resolve("attempt-000001/step-00000003/manifest.json"), new byte[0]);
        Files.writeString(folder.resolve("attempt-000001/step-00000002/trainer.state"), "stat");

        assertThat(checkpoints.newest().orElseThrow().progress().step()).isEqualTo(1);
    }

    @Test
    void aWriterThatFailsLeavesTheOldOnesAndNothingElse() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 3);
        save(checkpoints, 1, 0);

        assertThatThrownBy(() -> checkpoints.save(
                        file -> {
                            Files.writeString(file, "half");
                            throw new IOException("disk full");
                        },
                        4,
                        progress(2, 0)))
                .isInstanceOf(IOException.class);

        assertThat(checkpoints.steps()).containsExactly(1);
        try (var left = Files.list(folder.resolve("attempt-000001"))) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void theirNumberIsBoundedAndTheBestStays() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 2);
        for (int step = 1; step <= 6; step++) {
            save(checkpoints, step, 2);
        }

        assertThat(checkpoints.steps()).containsExactly(6, 5, 2);
        assertThat(checkpoints.at(2)).isPresent();
    }

    /** A training that went on from before damaged ones has saved less than they say. */
    @Test
    void damagedOnesOfLaterStepsTakeNoPlaceOfWholeOnes() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 2);
        for (int step : new int[] {3, 8, 9}) {
            save(checkpoints, step, 3);
        }
        Files.writeString(folder.resolve("attempt-000001/step-00000008/trainer.state"), "torn");
        Files.writeString(folder.resolve("attempt-000001/step-00000009/trainer.state"), "torn");

        save(checkpoints, 5, 3);

        assertThat(checkpoints.newest().orElseThrow().progress().step()).isEqualTo(5);
        assertThat(checkpoints.at(3)).isPresent();
    }

    @Test
    void aLaterAttemptTakesOverWhatIsWholeAndNothingElse() throws IOException {
        var first = new Checkpoints(folder, 1, 3);
        save(first, 1, 0);
        save(first, 2, 0);
        Files.createDirectories(folder.resolve("attempt-000001/.unfinished-7"));

        var third = new Checkpoints(folder, 3, 3);
        third.takeOver();

        assertThat(third.steps()).containsExactly(2, 1);
        assertThat(third.newest().orElseThrow().progress().step()).isEqualTo(2);
        assertThat(folder.resolve("attempt-000001")).doesNotExist();
    }

    @Test
    void whatAnAttemptThatIsOverSavesTouchesNothingOfTheNext() throws IOException {
        var stalled = new Checkpoints(folder, 1, 1);
        save(stalled, 1, 1);
        var next = new Checkpoints(folder, 2, 1);
        next.takeOver();
        save(next, 2, 1);

        save(stalled, 5, 5);
        stalled.takeOver();

        assertThat(next.steps()).containsExactly(2, 1);
        assertThat(next.newest().orElseThrow().progress().step()).isEqualTo(2);
        var afterwards = new Checkpoints(folder, 3, 1);
        afterwards.takeOver();
        assertThat(afterwards.steps()).as("it is the same training's").containsExactly(5, 2, 1);
    }

    @Test
    void aCrashBetweenTheTwoNamesOfAStepLosesNothing() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 2);
        save(checkpoints, 1, 0);
        Path step = folder.resolve("attempt-000001/step-00000001");
        Files.move(step, step.resolveSibling("step-00000001.before"));

        assertThat(checkpoints.newest().orElseThrow().progress().step()).isEqualTo(1);
        var next = new Checkpoints(folder, 2, 2);
        next.takeOver();
        save(next, 1, 0);
        assertThat(next.steps()).containsExactly(1);
        assertThat(folder.resolve("attempt-000002/step-00000001.before")).doesNotExist();
    }

    @Test
    void aDiskWithoutRoomIsSaidWithTheFigures() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 3);
        save(checkpoints, 1, 0);

        FaultException thrown = catchThrowableOfType(
                FaultException.class,
                () -> checkpoints.save(file -> Files.writeString(file, "state"), Long.MAX_VALUE, progress(2, 0)));

        assertThat(thrown.fault().code()).isEqualTo("disk_full");
        assertThat(thrown.fault().remedy()).contains("needs " + Long.MAX_VALUE + " bytes", "are left at " + folder);
        assertThat(checkpoints.steps()).containsExactly(1);
    }

    @Test
    void theSameStepAgainReplacesTheOld() throws IOException {
        var checkpoints = new Checkpoints(folder, 1, 2);
        save(checkpoints, 1, 0);
        checkpoints.save(file -> Files.writeString(file, "another"), 7, progress(1, 0));

        assertThat(Files.readString(checkpoints.newest().orElseThrow().state())).isEqualTo("another");
    }

    private static void save(Checkpoints checkpoints, int step, int best) throws IOException {
        checkpoints.save(file -> Files.writeString(file, "state " + step), 7, progress(step, best));
    }

    private static Progress progress(int step, int best) {
        return new Progress(
                step, 100L * step, best, best == 0 ? OptionalDouble.empty() : OptionalDouble.of(0.1), best, 0);
    }
}
