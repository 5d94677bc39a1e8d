package dev.graft.llama.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * What JavaCPP's parser must know to read the headers of llama.cpp v0.5.0. Its output is the package {@code dev.graft.llama.jni}.
 *
 * <p>{@code ggml-cpu.h} is left out: its functions live in the CPU variant that ggml loads at run time, where nothing can link to them, and to
 * call one would end the process. {@code graft_*.cpp} are Graft's own code: compiled with the glue, not parsed.
 */
@Properties(
        value =
                @Platform(
                        value = "linux-x86_64",
                        include = {
                            "ggml.h",
                            "ggml-alloc.h",
                            "ggml-backend.h",
                            "ggml-opt.h",
                            "gguf.h",
                            "llama.h",
                            "graft_graph.h",
                            "graft_adapters.h",
                            "graft_logits.h",
                            "graft_vectors.h",
                            "graft_adapters.cpp",
                            "graft_arena.cpp",
                            "graft_attention.cpp",
                            "graft_graph.cpp",
                            "graft_kernel_mixer.cpp",
                            "graft_logits.cpp",
                            "graft_matrix.cpp",
                            "graft_mixer.cpp",
                            "graft_node_mixer.cpp",
                            "graft_vectors.cpp"
                        },
                        link = {"llama.v0.5.0", "ggml.v0.5.0", "ggml-base"}),
        target = "dev.graft.llama.jni",
        global = "dev.graft.llama.jni.global.llama")
public class llama implements InfoMapper {
    @Override
    public void map(InfoMap map) {
        map.put(new Info(
                        "graft_adapters.cpp",
                        "graft_arena.cpp",
                        "graft_attention.cpp",
                        "graft_graph.cpp",
                        "graft_kernel_mixer.cpp",
                        "graft_logits.cpp",
                        "graft_matrix.cpp",
                        "graft_mixer.cpp",
                        "graft_node_mixer.cpp",
                        "graft_vectors.cpp")
                .skip());
        declareMacros(map);
        declareEnumsThatShareANameWithAFunction(map);
        declareHandles(map);
    }

    private static void declareMacros(InfoMap map) {
        map.put(new Info("GGML_API", "GGML_BACKEND_API", "LLAMA_API").cppTypes().annotations());
        for (String empty : new String[] {"GGML_RESTRICT", "GGML_NORETURN"}) {
            map.put(new Info(empty).cppText("#define " + empty).cppTypes());
        }
        map.put(new Info("DEPRECATED")
                .cppText("#define DEPRECATED(func, hint) func")
                .cppTypes());
        map.put(new Info("GGML_DEPRECATED")
                .cppText("#define GGML_DEPRECATED(func, hint) func")
                .cppTypes());
        map.put(new Info(
                        "GGML_TENSOR_UNARY_OP_LOCALS",
                        "GGML_TENSOR_BINARY_OP_LOCALS",
                        "GGML_TENSOR_BINARY_OP_LOCALS01",
                        "GGML_TENSOR_TERNARY_OP_LOCALS")
                .skip());
        map.put(new Info(
                        "ggml_guid_matches",
                        "ggml_backend_guid",
                        "ggml_backend_graph_copy",
                        "ggml_backend_graph_copy_free",
                        "llama_numa_init")
                .skip());
    }

    private static void declareEnumsThatShareANameWithAFunction(InfoMap map) {
        for (String name : new String[] {"llama_pooling_type", "llama_vocab_type", "ggml_backend_dev_type"}) {
            map.put(new Info(name)
                    .valueTypes("@Cast(\"enum " + name + "\") int")
                    .pointerTypes("@Cast(\"enum " + name + "*\") IntPointer"));
        }
    }

    private static void declareHandles(InfoMap map) {
        for (String type : new String[] {
            "ggml_backend_buffer_type",
            "ggml_backend_buffer",
            "ggml_backend_event",
            "ggml_backend",
            "ggml_backend_reg",
            "ggml_gallocr",
            "ggml_backend_sched",
            "ggml_threadpool",
            "ggml_opt_dataset",
            "ggml_opt_context",
            "ggml_opt_result"
        }) {
            declareHandle(map, type, type + "_t");
        }
        declareHandle(map, "llama_memory_i", "llama_memory_t");
        declareHandle(map, "ggml_backend_device", "ggml_backend_dev_t");
    }

    private static void declareHandle(InfoMap map, String type, String typedef) {
        map.put(new Info(typedef).valueTypes(type).pointerTypes("@ByPtrPtr " + type));
    }
}
