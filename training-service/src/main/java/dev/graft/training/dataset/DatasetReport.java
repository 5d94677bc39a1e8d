package dev.graft.training.dataset;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known of the data before the first step.
 *
 * @param training of the file that is learned from
 * @param validation of the file that is measured on, where there is one
 */
public record DatasetReport(FileReport training, Optional<FileReport> validation) {
    private static final int ERRORS_TOLD = 10;

    /** Each for people, with the file it is about. */
    public List<String> warnings() {
        return texts(Severity.WARNING);
    }

    /** @throws FaultException {@code invalid_dataset} where there are errors, with their lines */
    public void refuseErrors() {
        List<String> errors = texts(Severity.ERROR);
        if (!errors.isEmpty()) {
            String told = errors.stream().limit(ERRORS_TOLD).collect(Collectors.joining("; "));
            String more = errors.size() > ERRORS_TOLD ? "; and " + (errors.size() - ERRORS_TOLD) + " kinds more" : "";
            throw new FaultException(
                    Fault.input("invalid_dataset", "training_file", errors.size() + " kinds of errors", told + more));
        }
    }

    private List<String> texts(Severity severity) {
        List<String> texts = new ArrayList<>();
        training.findings().stream()
                .filter(finding -> finding.severity() == severity)
                .forEach(finding -> texts.add("training file: " + finding.text()));
        validation.ifPresent(report -> report.findings().stream()
                .filter(finding -> finding.severity() == severity)
                .forEach(finding -> texts.add("validation file: " + finding.text())));
        return texts;
    }
}
