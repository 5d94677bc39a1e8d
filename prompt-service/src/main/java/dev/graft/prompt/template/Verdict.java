package dev.graft.prompt.template;

import com.google.re2j.Pattern;
import java.util.Locale;

/**
 * A model's text, held against what its template asks for.
 *
 * @param text the answer as it is given back: a label as the template writes it, otherwise the model's text
 * @param valid whether it is what the template asks for
 */
public record Verdict(String text, boolean valid) {
    private static final String AROUND = " \t\r\n\"'`.,:;!?*()[]";

    public static Verdict of(OutputForm form, String text) {
        return switch (form) {
            case OutputForm.Text free -> new Verdict(text, true);
            case OutputForm.Label label -> ofLabel(label, text);
            case OutputForm.Matching matching -> {
                String answer = text.strip();
                yield new Verdict(answer, Pattern.matches(matching.pattern(), answer));
            }
        };
    }

    private static Verdict ofLabel(OutputForm.Label form, String text) {
        String said = bare(text);
        return form.labels().stream()
                .filter(label -> label.equals(text.strip()) || bare(label).equals(said))
                .findFirst()
                .map(label -> new Verdict(label, true))
                .orElseGet(() -> new Verdict(text.strip(), false));
    }

    private static String bare(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && AROUND.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && AROUND.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to).toLowerCase(Locale.ROOT);
    }
}
