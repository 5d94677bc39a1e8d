package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingRequest;
import java.util.Optional;
import java.util.OptionalInt;

/** Refuses a request whose parts do not fit together: one of them would be passed over in silence, or end the job when it is trained. */
final class FittingParts {
    /** @throws FaultException naming the part that would have no effect */
    static void require(TrainingRequest request) {
        TrainingData data = request.data();
        requireShare(data);
        if (data.validationShare().orElse(0) == 0 && data.validation().isEmpty()) {
            TrainingChecks checks = request.checks().orElse(TrainingChecks.defaults());
            requireNone("evaluate_every", checks.evaluateEvery());
            requireNone("patience", checks.patience());
        }
        // What is too long for the adapter's lineage is told now, and not when the adapter is done.
        var _ = new AdapterLineage(
                Optional.empty(),
                data.template().flatMap(TrainingData.Template::version),
                Optional.empty(),
                Optional.empty());
    }

    /** @throws FaultException where it is no share, or there is a file to measure on as well */
    static void requireShare(TrainingData data) {
        double share = data.validationShare().orElse(0);
        if (!(share >= 0 && share < 1)) {
            throw new FaultException(Fault.input(
                    "invalid_share",
                    "validation_share",
                    share,
                    "must be a share of the examples: 0 or above, below 1"));
        }
        if (share > 0 && data.validation().isPresent()) {
            throw new FaultException(Fault.input(
                    "invalid_share",
                    "validation_share",
                    share,
                    "must stand alone: what is measured on is a share of the examples or validation_file"));
        }
    }

    private static void requireNone(String field, OptionalInt value) {
        if (value.isPresent()) {
            throw new FaultException(Fault.input(
                    "invalid_checks",
                    field,
                    value.getAsInt(),
                    "needs validation_file or validation_share to measure on"));
        }
    }

    private FittingParts() {}
}
