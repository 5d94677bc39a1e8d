package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingRequest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WhatWouldHaveNoEffectIsRefusedTest {
    private static final TrainingChecks PATIENT =
            new TrainingChecks(OptionalInt.empty(), OptionalInt.of(2), OptionalInt.empty());
    private static final TrainingChecks OFTEN =
            new TrainingChecks(OptionalInt.of(5), OptionalInt.empty(), OptionalInt.empty());
    private static final TrainingChecks SAVING =
            new TrainingChecks(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(5));

    @Test
    void aFileAndAShareToMeasureOn() {
        assertThat(refused(request(Optional.of("file-2"), 0.1, Optional.empty(), "")))
                .isEqualTo("validation_share");
    }

    @Test
    void measuringWhereThereIsNothingToMeasureOn() {
        assertThat(refused(request(Optional.empty(), 0, Optional.of(PATIENT), "")))
                .isEqualTo("patience");
        assertThat(refused(request(Optional.empty(), 0, Optional.of(OFTEN), "")))
                .isEqualTo("evaluate_every");
    }

    @Test
    void aVersionThatTheLineageHasNoRoomFor() {
        assertThat(refused(request(Optional.empty(), 0, Optional.empty(), "v".repeat(301))))
                .isEqualTo("lineage.template");
    }

    @Test
    void whatFitsIsTaken() {
        assertThatCode(() -> {
                    FittingParts.require(request(Optional.of("file-2"), 0, Optional.of(PATIENT), "v".repeat(300)));
                    FittingParts.require(request(Optional.empty(), 0.1, Optional.of(OFTEN), "reviews@3"));
                    FittingParts.require(request(Optional.empty(), 0, Optional.of(SAVING), ""));
                })
                .doesNotThrowAnyException();
    }

    private static String refused(TrainingRequest request) {
        FaultException thrown = catchThrowableOfType(FaultException.class, () -> FittingParts.require(request));
        assertThat(thrown).isNotNull();
        return thrown.fault().field();
    }

    private static TrainingRequest request(
            Optional<String> validation, double share, Optional<TrainingChecks> checks, String version) {
        var template = new TrainingData.Template(
                Optional.of(version).filter(text -> !text.isEmpty()), new Prompt.Text("{{ input }}"));
        return new TrainingRequest(
                "job",
                "reviews",
                Optional.empty(),
                new TrainingData(
                        "file-1",
                        validation,
                        share > 0 ? OptionalDouble.of(share) : OptionalDouble.empty(),
                        Optional.empty(),
                        Optional.of(template),
                        Optional.empty()),
                Optional.empty(),
                checks,
                Map.of());
    }
}
