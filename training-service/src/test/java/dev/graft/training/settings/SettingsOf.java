package dev.graft.training.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Settings as the service would read them. */
public final class SettingsOf {
    /** The defaults, but for these. */
    public static TrainingSettings these(Map<String, String> other) {
        Map<String, String> values = new HashMap<>(other);
        values.putIfAbsent("graft.home", System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"));
        return new SmallRyeConfigBuilder()
                .withMapping(TrainingSettings.class)
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withDefaultValue("user.home", System.getProperty("user.home"))
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .build()
                .getConfigMapping(TrainingSettings.class);
    }

    private SettingsOf() {}
}
