package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Train an adapter. Key and {@code ce_id}: the job's id, chosen by the sender; the same id again is the same job and is not trained twice.
 *
 * @param id chosen by the sender: 1 to 64 letters, digits, {@code _} and {@code -}
 * @param adapter what the adapter will be called in the registry; a name that is there gets a new generation
 * @param model name of the base model; absent: the one that is served
 * @param data what it learns from
 * @param recipe how; absent: the service's defaults
 * @param checks how often it is measured and saved; absent: the service's defaults
 * @param metadata what its sender wants to find it by, nothing of the training depends on it: at most 16 keys of 64 characters, values of 512
 */
public record TrainingRequest(
        String id,
        String adapter,
        Optional<String> model,
        TrainingData data,
        Optional<TrainingRecipe> recipe,
        Optional<TrainingChecks> checks,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, String> metadata) {
    public TrainingRequest {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
