package dev.graft.prompt.template;

import dev.graft.contracts.Prompt;
import java.util.Optional;

/**
 * A template with a request's values in it.
 *
 * @param prompt what the model reads
 * @param contentFree the same around an input that says nothing, where the output's calibration or normalisation asks for it
 */
public record Rendered(Prompt prompt, Optional<Prompt> contentFree) {}
