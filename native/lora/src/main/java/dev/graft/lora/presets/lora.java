package dev.graft.lora.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * What JavaCPP's parser must know to read Graft's own header. Its output is the package {@code dev.graft.lora.jni}. The sources are compiled and
 * linked with the glue, each on its own: see the pom.
 */
@Properties(
        value =
                @Platform(
                        value = "linux-x86_64",
                        include = "graft_lora.h",
                        preload = {"OpenCL@.1", "gomp@.1", "dnnl@.3"},
                        preloadresource = {"/org/bytedeco/opencl/", "/org/bytedeco/dnnl/"}),
        target = "dev.graft.lora.jni",
        global = "dev.graft.lora.jni.global.lora")
public class lora implements InfoMapper {
    @Override
    public void map(InfoMap map) {
        map.put(new Info("graft_pool").pointerTypes("graft_pool"));
    }
}
