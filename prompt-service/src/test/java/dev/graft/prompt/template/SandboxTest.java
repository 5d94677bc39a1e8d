package dev.graft.prompt.template;

import static dev.graft.prompt.template.TemplatesInTests.asJson;
import static dev.graft.prompt.template.TemplatesInTests.faultOf;
import static dev.graft.prompt.template.TemplatesInTests.saying;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.FaultKind;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxTest {
    private final Renderer renderer = new Renderer();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ text.getClass() }}",
                "{{ text.class }}",
                "{{ text.repeat(1000000000) }}",
                "{{ text.bytes }}",
                "{{ ''.join(['a']) }}",
                "{{ ____int3rpr3t3r____ }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{{ ____int3rpr3t3r____.getContext() }}",
                "{{ [1].stream() }}",
                "{% include '/etc/passwd' %}",
                "{% import 'x' as y %}",
                "{% extends 'x' %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% call m() %}{% endcall %}",
                "{{ '%1000000000d' | format(1) }}",
                "{{ 'a' | center(1000000000) }}",
                "{{ '{{ 1 }}' | render }}",
                "{{ text | replace('a', text) }}",
                "{{ '/etc/passwd' | fromyaml }}",
                "{{ now() }}",
            })
    void nothingOutsideTheLanguageCanBeReached(String prompt) {
        assertThat(faultOf(() -> render(prompt)).kind()).isEqualTo(FaultKind.INPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
                "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
                "{% set x = 'aaaaaaaaaaaaaaaa' %}{% for a in range(999) %}{% set x = x ~ x %}{% endfor %}{{ x }}",
                "{{ range(1000000000) }}{{ range(0, 1000000000) | length }}{{ text.x }}",
            })
    void aTemplateThatRunsAwayIsStopped(String prompt) {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(faultOf(() -> render(prompt)).kind()).isEqualTo(FaultKind.INPUT));
    }

    @Test
    void bracketsAndBlocksNestedWithoutEndAreRefused() {
        assertThat(faultOf(() -> render("{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}"))
                        .kind())
                .isEqualTo(FaultKind.INPUT);
        assertThat(faultOf(() -> render("{% if true %}".repeat(5_000) + "x" + "{% endif %}".repeat(5_000)))
                        .kind())
                .isEqualTo(FaultKind.INPUT);
    }

    private String render(String prompt) {
        return renderer.render(saying(prompt), asJson("{\"text\": \"aaaa\"}"))
                .prompt()
                .toString();
    }
}
