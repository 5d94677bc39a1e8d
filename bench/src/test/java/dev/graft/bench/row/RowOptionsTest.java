package dev.graft.bench.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class RowOptionsTest {
    @Command(name = "any")
    private static final class Any implements Runnable {
        @Mixin
        private RowOptions options = new RowOptions();

        @Override
        public void run() {}
    }

    @Test
    void allRowsAreMeasuredUnlessSomeAreNamed() {
        assertThat(wanted()).containsExactly(AdapterGoal.values());
        assertThat(wanted("--only", "base_only_step,mixed8_qv_step"))
                .containsExactly(AdapterGoal.MIXED8_QV_STEP, AdapterGoal.BASE_ONLY_STEP);
    }

    @Test
    void aRowThatThereIsNotIsRefusedAndThoseThatThereAreAreNamed() {
        assertThatThrownBy(() -> wanted("--only", "mixed9_qv_step"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("'mixed9_qv_step'")
                .hasMessageContaining("itl_p95_while_loading");
    }

    private static Set<AdapterGoal> wanted(String... arguments) {
        Any any = new Any();
        new CommandLine(any).parseArgs(arguments);
        return any.options.wanted(AdapterGoal.class);
    }
}
