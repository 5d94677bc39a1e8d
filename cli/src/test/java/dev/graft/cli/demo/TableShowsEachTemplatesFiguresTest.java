package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.PromptRequest.LabelMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableShowsEachTemplatesFiguresTest {
    @Test
    void figuresStandUnderTheirHeadings() {
        String table = DemoTable.of(List.of(
                new DemoRow("zero@1", LabelMode.GENERATE, Accuracy.of(150, 300), 12, 0, 61.4, 40, 20.4, 41.6, 88.25),
                new DemoRow("few-shot@12", LabelMode.SCORE, Accuracy.of(300, 300), 0, 1, 161, 140, 9, 100.2, 120)));
        assertThat(table).isEqualToNormalizingNewlines("""
                        template      answer  accuracy    95 % interval  none of the labels  prompt tokens  p50 ms  p95 ms  calls/s
                        -----------------------------------------------------------------------------------------------------------
                        zero@1       written    50.0 %   44.4 to 55.6 %                  12             61      20      42     88.3
                        few-shot@12   scored   100.0 %  98.7 to 100.0 %        0 (1 failed)            161       9     100    120.0
                        """);
    }

    @Test
    void quantilesAreValuesThatWereMeasured() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(DemoRow.quantile(sorted, 0.5)).isEqualTo(2);
        assertThat(DemoRow.quantile(sorted, 0.95)).isEqualTo(4);
        assertThat(DemoRow.quantile(sorted, 0)).isEqualTo(1);
    }
}
