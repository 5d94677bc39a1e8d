package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.adapters.BaseFile;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.adapter.PeftImport;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheDemosAdaptersComeFromPeftTest {
    private static final String SERVED = "SmolLM2-135M-Instruct.Q4_1";

    @TempDir
    Path home = Path.of("unset");

    @Test
    void eachIsImportedFromAFolderThatItGivesBackAndTheSameEachTime() throws Exception {
        Path model = Path.of(System.getProperty("graft.home"), "models", SERVED + ".gguf");
        LlamaModelFile facts = LlamaModelFile.check(GgufFile.read(model));
        BaseFile base = new BaseFile(model, facts);
        Path peft = Files.createDirectory(home.resolve("peft"));
        DemoAdapters.save(base, 1, peft);

        Path made = Path.of(DemoAdapters.file(base, 1, home).source());

        AdapterFile adapter = AdapterFile.check(made, facts, DemoAdapters.RANK);
        assertThat(adapter.targets()).containsExactlyInAnyOrder(Target.Q, Target.V);
        Path exported = home.resolve("exported");
        PeftExport.write(made, facts, DemoAdapters.RANK, exported);
        for (String name : PeftImport.FILES) {
            assertThat(exported.resolve(name)).hasSameBinaryContentAs(peft.resolve(name));
        }
        assertThat(DemoAdapters.file(base, 1, home).sha256())
                .isEqualTo(DemoAdapters.file(base, 1, home).sha256())
                .isNotEqualTo(DemoAdapters.file(base, 2, home).sha256());
        assertThat(home).isDirectoryNotContaining("glob:**.demo-peft*");
    }
}
