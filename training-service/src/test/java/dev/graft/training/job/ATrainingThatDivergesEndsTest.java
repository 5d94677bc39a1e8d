package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import dev.graft.training.checkpoint.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ATrainingThatDivergesEndsTest {
    @ParameterizedTest
    @CsvSource({"NaN,1", "Infinity,1", "0.5,NaN", "0.5,Infinity"})
    void atTheStepWhoseLossOrGradientIsNoNumber(double loss, double gradientNorm) {
        FaultException thrown =
                catchThrowableOfType(FaultException.class, () -> new Learner.Learned(7, loss, 0.25, gradientNorm, 100));

        assertThat(thrown).isNotNull();
        assertThat(thrown.fault().code()).isEqualTo("diverged");
        assertThat(thrown.fault().value()).isEqualTo("0.25");
        assertThat(thrown.fault().remedy()).contains("step 7", "lower the learning rate");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void atAMeasurementThatIsNoNumber(double loss) {
        Progress progress = Progress.none().after(7, 100);
        FaultException thrown = catchThrowableOfType(FaultException.class, () -> progress.measured(loss));

        assertThat(thrown).isNotNull();
        assertThat(thrown.fault().code()).isEqualTo("diverged");
        assertThat(thrown.fault().remedy()).contains("after step 7", "lower the learning rate");
    }

    @Test
    void andNoOther() {
        assertThat(new Learner.Learned(7, 0, 0.25, 0, 100).step()).isEqualTo(7);
    }
}
