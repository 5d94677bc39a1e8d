package dev.graft.contracts;

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
 */
public record TrainingRequest(
        String id,
        String adapter,
        Optional<String> model,
        TrainingData data,
        Optional<TrainingRecipe> recipe,
        Optional<TrainingChecks> checks) {}
