package dev.graft.inference.adapter;

import dev.graft.inference.settings.InferenceSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** An instance's settings. */
public final class SettingsOf {
    /** The development model, and a home of its own for all else. */
    public static InferenceSettings home(Path home, Map<String, String> other) {
        Map<String, String> values = new HashMap<>(other);
        values.put("graft.home", home.toString());
        values.putIfAbsent("graft.model.file", model().toString());
        return new SmallRyeConfigBuilder()
                .withMapping(InferenceSettings.class)
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withDefaultValue("user.home", System.getProperty("user.home"))
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .build()
                .getConfigMapping(InferenceSettings.class);
    }

    public static Path model() {
        return Path.of(
                System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
                "models",
                "SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    private SettingsOf() {}
}
