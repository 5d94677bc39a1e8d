package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.graft_limit_vectors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic on rows of logits, with the vectors of each kind of processor, against the same in double precision. */
class LogitRowTest {
    @BeforeAll
    static void load() {
        LlamaLibrary.load(Optional.empty());
    }

    @AfterEach
    void allVectors() {
        graft_limit_vectors(512);
    }

    private static float[] row(int length, long seed) {
        Random random = new Random(seed);
        float[] row = new float[length];
        for (int i = 0; i < length; i++) {
            row[i] = (float) (random.nextGaussian() * 6 - 3);
        }
        return row;
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 256, 32})
    void theLikeliestIsTheFirstOfTheHighest(int vectorBits) {
        graft_limit_vectors(vectorBits);
        for (int length : new int[] {1, 7, 16, 63, 64, 65, 1000, 49152}) {
            float[] row = row(length, length);
            int expected = 0;
            for (int i = 1; i < length; i++) {
                expected = row[i] > row[expected] ? i : expected;
            }
            assertThat(likeliest(row)).isEqualTo(expected);
            row[length - 1] = 99;
            assertThat(likeliest(row)).isEqualTo(length - 1);
            row[length / 2] = 99;
            assertThat(likeliest(row)).isEqualTo(length / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 256, 32})
    void whatIsNoNumberIsPassedOver(int vectorBits) {
        graft_limit_vectors(vectorBits);
        float[] row = row(200, 5);
        row[3] = Float.NaN;
        row[150] = 50;
        row[199] = Float.NaN;
        assertThat(likeliest(row)).isEqualTo(150);
        Arrays.fill(row, Float.NaN);
        assertThatThrownBy(() -> likeliest(row))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("damaged");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 256, 32})
    void logSumExpIsThatOfDoublePrecision(int vectorBits) {
        graft_limit_vectors(vectorBits);
        for (int length : new int[] {1, 15, 16, 17, 1023, 1025, 32000, 49152}) {
            float[] row = row(length, 77 + length);
            double highest = Double.NEGATIVE_INFINITY;
            for (float logit : row) {
                highest = Math.max(highest, logit);
            }
            double sum = 0;
            for (float logit : row) {
                sum += Math.exp(logit - highest);
            }
            try (FloatPointer pointer = new FloatPointer(row)) {
                assertThat(new LogitRow(pointer, length).logSumExp()).isEqualTo(highest + Math.log(sum), within(1e-5));
            }
        }
    }

    private static int likeliest(float[] row) {
        try (FloatPointer pointer = new FloatPointer(row)) {
            return new LogitRow(pointer, row.length).likeliest();
        }
    }
}
