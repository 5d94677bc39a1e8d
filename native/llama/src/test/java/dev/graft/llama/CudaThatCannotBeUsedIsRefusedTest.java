package dev.graft.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared libraries made here stand for NVIDIA's, as far as the loader is concerned. */
class CudaThatCannotBeUsedIsRefusedTest {
    /** GGML_BACKEND_API_VERSION of llama.cpp v0.5.0's ggml-backend-impl.h. */
    private static final int BACKEND_VERSION = 2;

    @TempDir
    private Path folder;

    @Test
    void aFolderWithoutTheLibraryIsNamed() {
        assertThatThrownBy(this::load)
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("no libggml-cuda.so in " + folder)
                .hasMessageContaining("graft.llama.cuda-directory");
    }

    @Test
    void aFileThatIsNoLibraryIsToldWithTheLoadersReason() throws IOException {
        Files.writeString(cuda(), "half a download");

        assertThatThrownBy(this::load)
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("CUDA can't be used")
                .hasMessageContaining("file too short")
                .hasMessageContaining("graft.llama.cuda=false");
        assertThat(LlamaLibrary.load(Optional.empty()).hasGpu()).isFalse();
    }

    @Test
    void whatTheLibraryNeedsAndIsNowhereIsNamed() throws Exception {
        compileOneThatNeeds("libgraft-is-nowhere.so");
        Files.delete(folder.resolve("libgraft-is-nowhere.so"));

        assertThatThrownBy(this::load)
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("libgraft-is-nowhere.so")
                .hasMessageContaining("may lie beside it in " + folder);
    }

    @Test
    void whatTheLibraryNeedsIsFoundBesideIt() throws Exception {
        compileOneThatNeeds("libgraft-is-beside.so");

        assertThatThrownBy(this::load)
                .as("it could be loaded; what is wrong is that it is no backend")
                .hasMessageContaining("is no backend for this version of ggml");
    }

    @Test
    void aBackendWithoutADeviceIsToldAndGivenBack() throws IOException {
        LlamaLibrary library = LlamaLibrary.load(Optional.empty());
        compile("libggml-cuda.so", """
                struct reg { int version; const char * (*name)(void *); unsigned long (*count)(void *); void * (*get)(void *, unsigned long); void * (*proc)(void *, const char *); void * context; };
                static const char * name(void * r) { return "CUDA"; }
                static unsigned long count(void * r) { return 0; }
                static void * get(void * r, unsigned long i) { return 0; }
                static void * proc(void * r, const char * n) { return 0; }
                static struct reg backend = { %d, name, count, get, proc, 0 };
                void * ggml_backend_init(void) { return &backend; }
                """.formatted(BACKEND_VERSION));

        assertThatThrownBy(this::load).isInstanceOf(LlamaException.class).hasMessageContaining("finds no device");
        assertThat(LlamaLibrary.load(Optional.empty()).devices()).isEqualTo(library.devices());
    }

    private LlamaLibrary load() {
        return LlamaLibrary.load(Optional.of(folder));
    }

    private Path cuda() {
        return folder.resolve("libggml-cuda.so");
    }

    private void compileOneThatNeeds(String needed) throws IOException {
        compile(needed, "int graft_needed(void) { return 1; }");
        compile("libggml-cuda.so", "int graft_needed(void); int graft_needs(void) { return graft_needed(); }", needed);
    }

    private void compile(String library, String source, String... needed) throws IOException {
        Path file = Files.writeString(folder.resolve(library + ".c"), source);
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-Wl,-soname," + library, "-o"));
        command.addAll(List.of(library, file.toString()));
        command.addAll(List.of(needed));
        Process gcc = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(gcc.getInputStream().readAllBytes(), UTF_8);
        assertThat(gcc.onExit().join().exitValue()).as(said).isZero();
    }
}
