package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusyCoresTest {
    @TempDir
    Path folder = Path.of("unset");

    private Path file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0       | 1.00 0.50 0.10 1/300 17   | false",
                "0       | 1.00 0.50 0.10 2/300 17   | true",
                "0-1     | 9.00 9.00 9.00 2/300 17   | false",
                "0-1     | 0.00 0.00 0.00 3/300 17   | true",
                "0-3,6   | 1.00 0.50 0.10 5/300 17   | false",
                "0-3,6   | 1.00 0.50 0.10 6/300 17   | true",
                "0-3     | nothing that is known     | false",
                "unknown | 1.00 0.50 0.10 9/300 17   | false",
            })
    void othersTakeAllCoresWhereAsManyRunAsThereAre(String cores, String load, boolean taken) throws Exception {
        assertThat(new BusyCores(file("load", load + "\n"), file("cores", cores + "\n")).taken())
                .isEqualTo(taken);
    }

    @Test
    void whereNothingIsToldNothingIsTaken() {
        assertThat(new BusyCores(folder.resolve("none"), folder.resolve("none")).taken())
                .isFalse();
    }
}
