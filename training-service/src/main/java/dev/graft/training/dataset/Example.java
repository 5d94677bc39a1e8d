package dev.graft.training.dataset;

import dev.graft.contracts.Prompt;
import java.util.Optional;

/**
 * What is to be learned of one line.
 *
 * @param line where it begins in its file
 * @param prompt what the model reads
 * @param completion what it is to answer; not empty
 * @param label the completion, where it is one of a few
 * @param input what tells this example from others: two with the same input should have the same completion
 */
record Example(int line, Prompt prompt, String completion, Optional<String> label, String input) {}
