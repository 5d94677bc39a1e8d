package dev.graft.inference.observe;

import dev.graft.inference.settings.InferenceSettings;
import dev.graft.inference.settings.InferenceSettings.ModelSettings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Has all meters of Graft's own tell the model that this instance serves. */
final class ModelTag {
    private static final String OURS = "graft.";

    @Produces
    @Singleton
    MeterFilter of(InferenceSettings settings) {
        Tag model = Tag.of(MeterNames.MODEL, ModelSettings.nameOf(settings.model()));
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().startsWith(OURS) ? id.withTag(model) : id;
            }
        };
    }
}
