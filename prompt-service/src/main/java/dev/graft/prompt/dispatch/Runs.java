package dev.graft.prompt.dispatch;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.prompt.settings.PromptSettings;
import dev.graft.prompt.template.OutputForm;
import dev.graft.prompt.template.Renderer;
import dev.graft.prompt.template.Template;
import dev.graft.prompt.template.TemplateRef;
import dev.graft.prompt.template.Templates;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;

/** Turns a request into a {@link Run}: finds its template and renders it. */
@Singleton
public final class Runs {
    private static final int LONGEST_ID = 200;

    private final Templates templates;
    private final Renderer renderer;
    private final PromptSettings.RunSettings settings;
    private final Clock clock = Clock.systemUTC();

    public Runs(Templates templates, Renderer renderer, PromptSettings settings) {
        this.templates = templates;
        this.renderer = renderer;
        this.settings = settings.run();
    }

    /** @throws FaultException where there is no such template, or the variables are not what it declares */
    public Run of(PromptRequest request) {
        checkId(request.id());
        Template template = templates.find(TemplateRef.parse(request.template()));
        return new Run(
                request.id(),
                template,
                renderer.render(template.source(), request.variables()),
                Asked.of(template.name(), template.version(), request.variables()),
                request.model().or(() -> template.source().model()),
                request.user(),
                mode(request, template),
                request.priority(),
                deadline(request));
    }

    /** @throws FaultException {@code id_invalid} */
    public static void checkId(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw new FaultException(Fault.input(
                    "id_invalid", "id", id, "must have 1 to " + LONGEST_ID + " characters, none a control character"));
        }
    }

    private static LabelMode mode(PromptRequest request, Template template) {
        if (template.source().output() instanceof OutputForm.Label label) {
            return request.mode().or(label::mode).orElse(LabelMode.SCORE);
        }
        request.mode().ifPresent(mode -> {
            throw new FaultException(Fault.input(
                    "mode_unfit", "mode", mode, "the output of " + template.name() + " is no label: leave it out"));
        });
        return LabelMode.GENERATE;
    }

    private Instant deadline(PromptRequest request) {
        Instant now = clock.instant();
        Instant furthest = now.plus(settings.longestDeadline());
        Instant deadline = request.deadline().orElseGet(() -> now.plus(settings.deadline()));
        if (deadline.isBefore(now)) {
            throw new FaultException(Fault.ended("deadline_exceeded", "the deadline " + deadline + " has passed"));
        }
        return deadline.isAfter(furthest) ? furthest : deadline;
    }
}
