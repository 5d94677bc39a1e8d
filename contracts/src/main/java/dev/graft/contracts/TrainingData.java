package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an adapter learns from.
 *
 * @param file id of the training file
 * @param validation id of the file that is measured on and never learned from
 * @param validationShare without such a file: the share of the training file's examples that is kept back for it, chosen by the seed; absent: none
 * @param columns which fields of a line hold input and label; absent: {@code input} and {@code label}, or the lines are conversations or prompts
 * @param template how an input becomes a prompt; absent: it is one user turn
 * @param lossOn which tokens are learned; absent: {@code COMPLETION}
 * @param format how the training file is read; absent: as its name says when the job is taken
 * @param validationFormat how the other is read; absent: as its name says
 */
public record TrainingData(
        String file,
        Optional<String> validation,
        OptionalDouble validationShare,
        Optional<Columns> columns,
        Optional<Template> template,
        Optional<LossOn> lossOn,
        Optional<Format> format,
        Optional<Format> validationFormat) {
    /** Both files are read as their names say. */
    public TrainingData(
            String file,
            Optional<String> validation,
            OptionalDouble validationShare,
            Optional<Columns> columns,
            Optional<Template> template,
            Optional<LossOn> lossOn) {
        this(file, validation, validationShare, columns, template, lossOn, Optional.empty(), Optional.empty());
    }

    /** How a file is read. */
    public enum Format {
        /** A JSON object a line. */
        @JsonProperty("jsonl")
        JSONL,
        /** A table of comma-separated values, with a header. */
        @JsonProperty("csv")
        CSV
    }

    /**
     * @param input the field that is read
     * @param label the field that is to be answered
     */
    public record Columns(String input, String label) {}

    /**
     * @param version what it is called, such as {@code reviews-plain@3}; goes into the adapter's lineage
     * @param prompt text or turns, with <code>{{ field }}</code> where the field of a line is to stand; what is put there is never a template or a role
     */
    public record Template(Optional<String> version, Prompt prompt) {}

    /** Which tokens are learned. */
    public enum LossOn {
        /** What the model is to answer. */
        @JsonProperty("completion")
        COMPLETION,
        /** The prompt as well. */
        @JsonProperty("all")
        ALL
    }
}
