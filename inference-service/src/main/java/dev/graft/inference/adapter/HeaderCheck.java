package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.MalformedGgufException;
import dev.graft.model.gguf.TensorInfo;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a LoRA adapter's header: that it is one for a Llama, and which matrices it changes. */
@DefaultBean
@Singleton
final class HeaderCheck implements AdapterCheck {
    private static final Pattern DOWN = Pattern.compile("blk\\.[0-9]{1,5}\\.([a-z_]+)\\.weight\\.lora_a");
    private static final Map<String, String> TARGETS = Map.of(
            "attn_q", "q",
            "attn_k", "k",
            "attn_v", "v",
            "attn_output", "o",
            "ffn_gate", "gate",
            "ffn_up", "up",
            "ffn_down", "down");
    private static final List<String> ORDER = List.of("q", "k", "v", "o", "gate", "up", "down");

    @Override
    public Facts check(Path file) {
        try {
            return facts(GgufFile.read(file));
        } catch (MalformedGgufException e) {
            throw refused(e.field(), e.value(), e.remedy());
        } catch (IOException e) {
            throw new FaultException(Fault.internal("adapter_file", "can't be read: " + e), e);
        }
    }

    private static Facts facts(GgufFile file) {
        require(file, "general.type", "adapter");
        require(file, "adapter.type", "lora");
        require(file, "general.architecture", "llama");
        Set<String> targets = new LinkedHashSet<>();
        long rank = 0;
        for (TensorInfo tensor : file.tensors()) {
            Matcher down = DOWN.matcher(tensor.name());
            if (down.matches()
                    && TARGETS.containsKey(down.group(1))
                    && tensor.shape().size() == 2) {
                targets.add(Objects.requireNonNull(TARGETS.get(down.group(1))));
                rank = Math.max(rank, tensor.shape().get(1));
            }
        }
        if (targets.isEmpty() || rank > Integer.MAX_VALUE) {
            throw refused(
                    "tensors", file.tensors().size() + " tensors", "must hold lora_a and lora_b of a layer's matrices");
        }
        return new Facts((int) rank, ORDER.stream().filter(targets::contains).toList());
    }

    private static void require(GgufFile file, String key, String right) {
        String found = file.text(key).orElse("nothing");
        if (!found.equals(right)) {
            throw refused(key, found, "must be " + right);
        }
    }

    private static FaultException refused(String field, String value, String remedy) {
        return new FaultException(Fault.input("adapter_refused", field, value, remedy));
    }
}
