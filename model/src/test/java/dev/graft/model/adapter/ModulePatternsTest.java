package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PEFT's get_pattern_key and check_target_module_exists answer (peft 0.21.2). */
class ModulePatternsTest {
    @ParameterizedTest
    @CsvSource({
        "q_proj,                             model.layers.0.self_attn.q_proj, true",
        "proj,                               model.layers.0.self_attn.q_proj, false",
        "self_attn.q_proj,                   model.layers.0.self_attn.q_proj, true",
        "self_attn_q_proj,                   model.layers.0.self_attn.q_proj, false",
        "attn.q_proj,                        model.layers.0.self_attn.q_proj, false",
        "self.attn.q.proj,                   model.layers.0.self_attn.q_proj, true",
        "model.layers.1.self_attn.q_proj,    model.layers.1.self_attn.q_proj, true",
        "model.layers.1.self_attn.q_proj,    model.layers.11.self_attn.q_proj, false",
        "^model.layers.1.self_attn.q_proj,   model.layers.1.self_attn.q_proj, true",
        "^self_attn.q_proj,                  model.layers.1.self_attn.q_proj, false",
        "layers\\.[0-3]\\..*,                model.layers.2.mlp.up_proj, true",
        "layers\\.[0-3]\\..*,                model.layers.4.mlp.up_proj, false",
        "(q|v)_proj,                         model.layers.4.self_attn.v_proj, true",
        "(q|v)_proj,                         model.layers.4.self_attn.k_proj, false",
        "[qk]_proj$,                         model.layers.4.self_attn.k_proj, true",
        "layers\\.\\d{2}\\.mlp\\.up_proj,    model.layers.12.mlp.up_proj, true",
        "layers\\.\\d{2}\\.mlp\\.up_proj,    model.layers.1.mlp.up_proj, false"
    })
    void keysMatchTheEndOfAName(String key, String module, boolean matches) {
        assertThat(new ModulePatterns().key("rank_pattern", key).test(module)).isEqualTo(matches);
    }

    @Test
    void anExpressionMatchesTheWholeName() {
        String module = "model.layers.7.self_attn.o_proj";
        assertThat(whole(".*o_proj", module)).isTrue();
        assertThat(whole("o_proj", module)).isFalse();
        assertThat(whole(".*self_attn", module)).isFalse();
        assertThat(whole(
                        "(?:.*?(?:language|text).*?)|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.(?:mlp|self_attn)\\.(?:(?:q_proj|o_proj)))",
                        module))
                .isTrue();
    }

    private static boolean whole(String expression, String module) {
        return new ModulePatterns().whole("target_modules", expression).test(module);
    }

    @Test
    void aListNamesModulesOrTheirLastParts() {
        var listed = ModulePatterns.listed(Set.of("q_proj", "self_attn.k_proj", "model.layers.1.mlp.up_proj"));
        assertThat(listed.test("model.layers.0.self_attn.q_proj")).isTrue();
        assertThat(listed.test("model.layers.0.self_attn.k_proj")).isTrue();
        assertThat(listed.test("model.layers.1.mlp.up_proj")).isTrue();
        assertThat(listed.test("model.layers.11.mlp.up_proj")).isFalse();
        assertThat(listed.test("model.layers.0.self_attn.xq_proj")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a|a)*(a|a)*b", "(.*.*)*x", "(((((.*)*)*)*)*)*x", "(|){40}x"})
    void whatWouldTakeABacktrackingEngineForEverTakesNoTime(String expression) {
        assertThat(whole(expression, "model.layers.0.self_attn.q_proj" + "a".repeat(500)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?!mlp).*", "(a)\\1", "((.{50}){50}){50}", "x{1000000000}", "(((", "[z-a]"})
    void whatCannotBeReadSafelyIsRefused(String expression) {
        assertThatThrownBy(() -> whole(expression, "a"))
                .isInstanceOf(MalformedPeftException.class)
                .hasMessageStartingWith("target_modules");
    }

    @Test
    void groupsInGroupsDoNotOverflowTheStack() {
        String deep = "(".repeat(1_300) + "a" + "*)".repeat(1_300);
        assertThatThrownBy(() -> whole(deep, "a"))
                .isInstanceOf(MalformedPeftException.class)
                .hasMessageContaining("100 groups");
        assertThat(whole("(".repeat(100) + "a" + "*)".repeat(100), "a")).isTrue();
    }
}
