package dev.graft.inference.request;

import dev.graft.inference.adapter.NoAdapters;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.model.gguf.GgufFile;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The development model's own vocabulary and chat template, and the checks over it. */
final class RealModel {
    static final ModelText TEXT = read();

    /** The defaults, but for these. */
    static InferenceSettings settings(Map<String, String> other) {
        Map<String, String> values = new HashMap<>(other);
        values.putIfAbsent("graft.home", System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"));
        return new SmallRyeConfigBuilder()
                .withMapping(InferenceSettings.class)
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withDefaultValue("user.home", System.getProperty("user.home"))
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .build()
                .getConfigMapping(InferenceSettings.class);
    }

    static Requests requests(Map<String, String> other) {
        InferenceSettings settings = settings(other);
        var prompts = new PromptTokens(TEXT, settings);
        var classifications = new Classifications(new LabelTokens(prompts), prompts, settings);
        return new Requests(NoAdapters.on(settings), prompts, new Draws(TEXT, settings), classifications, settings);
    }

    private static ModelText read() {
        InferenceSettings settings = settings(Map.of());
        try {
            return ModelText.of("smollm2", GgufFile.read(settings.model().file()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RealModel() {}
}
