package dev.graft.model.chat;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jinja that no chat template needs is refused in words, not rendered wrongly. */
class WhatTemplatesDoNotUseIsRefusedTest {
    @ParameterizedTest
    @ValueSource(strings = {"raw", "call", "include", "import", "from", "extends", "block", "with", "autoescape"})
    void aTagIsRefusedByItsNameAndLineWhenTheTemplateIsRead(String tag) {
        assertThatThrownBy(() -> template("one line\n{% " + tag + " %}x{% end" + tag + " %}"))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessage(
                        "the chat template can't be read: line 2: the tag '%s' is not known in chat templates", tag);
    }

    @Test
    void aRecursiveLoopIsRefusedWhenTheTemplateIsRead() {
        assertThatThrownBy(() -> template("{% for m in messages recursive %}{{ m }}{% endfor %}"))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("recursive");
    }

    @Test
    void formattingIsRefusedWhenItIsRendered() {
        assertThatThrownBy(() -> template("{{ 'Hello %s' % 'you' }}").text(List.of(), false))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessage("unsupported operand type(s) for %: 'str' and 'str'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 'a' | format('b') }}", "{{ 'a' | wordcount }}"})
    void aFilterIsRefusedByItsName(String jinja) {
        assertThatThrownBy(() -> template(jinja).text(List.of(), false))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("No filter named '" + (jinja.contains("format") ? "format" : "wordcount"));
    }

    private static ChatTemplate template(String jinja) {
        return ChatTemplate.of(jinja, "<s>", "</s>");
    }
}
