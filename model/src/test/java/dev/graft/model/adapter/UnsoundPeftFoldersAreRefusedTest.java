package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UnsoundPeftFoldersAreRefusedTest {
    private static final byte[] SOUND = TinyAdapter.safetensors();

    private static void assertRefused(String config, byte[] weights, String field, String remedy) {
        assertThatThrownBy(() -> TinyAdapter.imported(config, weights))
                .isInstanceOfSatisfying(MalformedPeftException.class, error -> {
                    assertThat(error.field()).isEqualTo(field);
                    assertThat(error).hasMessageContaining(remedy);
                });
    }

    /** Each setting takes the place of the sound one of its name, if there is one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'peft_type': 'LOHA'                          | peft_type           | only LORA",
                "'r': 0                                       | r                   | whole number from 1",
                "'r': 8.5                                     | r                   | whole number from 1",
                "'r': '8'                                     | r                   | whole number from 1",
                "'r': 99999999999999999999                    | r                   | whole number from 1",
                "'lora_alpha': 0                              | lora_alpha          | must be a number",
                "'lora_alpha': -4                             | lora_alpha          | must be a number",
                "'lora_alpha': 1e999                          | lora_alpha          | must be a number",
                "'lora_alpha': null                           | lora_alpha          | must be a number",
                "'use_rslora': 1                              | use_rslora          | true or false",
                "'bias': 'all'                                | bias                | must be none",
                "'use_dora': true                             | use_dora            | not supported",
                "'lora_bias': true                            | lora_bias           | not supported",
                "'fan_in_fan_out': true                       | fan_in_fan_out      | not supported",
                "'modules_to_save': ['lm_head']               | modules_to_save     | not supported",
                "'trainable_token_indices': [1]               | trainable_token_indices | not supported",
                "'layer_replication': [[0, 4]]                | layer_replication   | not supported",
                "'target_parameters': ['a']                   | target_parameters   | not supported",
                "'use_qalora': true                           | use_qalora          | not supported",
                "'kasa_config': {'a': 1}                      | kasa_config         | not supported",
                "'a_setting_of_tomorrow': 3                   | a_setting_of_tomorrow | not supported",
                "'init_lora_weights': 'pissa'                 | init_lora_weights   | base's weights",
                "'init_lora_weights': 'mica'                  | init_lora_weights   | base's weights",
                "'init_lora_weights': 7                       | init_lora_weights   | true or false",
                "'target_modules': null                       | target_modules      | must be a text",
                "'target_modules': [1]                        | target_modules      | must be a text",
                "'target_modules': '(q_proj'                  | target_modules      | regular expression",
                "'target_modules': '(?!q).*'                  | target_modules      | regular expression",
                "'target_modules': '((.{99}){99}){99}'        | target_modules      | too large",
                "'layers_pattern': 'blocks'                   | layers_pattern      | not supported",
                "'layers_to_transform': [-1]                  | layers_to_transform | whole number",
                "'rank_pattern': [1]                          | rank_pattern        | must be a table",
                "'rank_pattern': {'v_proj': 0}                | rank_pattern        | whole number",
                "'alpha_pattern': {'v_proj': 0}               | alpha_pattern       | must be a number",
            })
    void whatIsNotPlainLoraIsRefusedByName(String setting, String field, String remedy) {
        String json = setting.replace('\'', '"');
        String name = json.substring(0, json.indexOf(':'));
        String others = TinyAdapter.CONFIG.replaceFirst(name + ": (\\[.*?\\]|\\{.*?\\}|[^,]*),", "");
        assertRefused(others.replaceFirst("\\{", "{" + Matcher.quoteReplacement(json) + ","), SOUND, field, remedy);
    }

    @Test
    void configurationsThatAreNoJsonObjectAreRefused() {
        String file = "adapter_config.json";
        assertRefused("", SOUND, file, "JSON");
        assertRefused("[]", SOUND, file, "JSON object");
        assertRefused("{\"r\": 2,", SOUND, file, "sound JSON");
        assertRefused("{\"r\": 2, \"r\": 2}", SOUND, file, "stands twice");
        assertRefused(TinyAdapter.CONFIG + "{}", SOUND, file, "nothing may follow");
        assertRefused("{\"auto_mapping\": " + "[".repeat(40) + "]".repeat(40) + "}", SOUND, file, "nesting depth");
        assertRefused("{}", SOUND, "peft_type", "only LORA");
    }

    static Stream<Arguments> unsound() {
        String header = TinyAdapter.HEADER;
        String a = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
        return Stream.of(
                Arguments.of("adapter_model.safetensors", "eight bytes", new byte[7]),
                Arguments.of("header length", "from 2 to", Arrays.copyOf(SOUND, 50)),
                Arguments.of("header length", "from 2 to", filled((byte) 0xFF)),
                Arguments.of("header", "begins with {", changed(header, "{", " {")),
                Arguments.of("header", "sound JSON", changed(header, "}}", "}")),
                Arguments.of("header", "UTF-8", inLatin1(header.replace("pt", "pÿ"))),
                Arguments.of("header", "nothing may follow", changed(header, "}} ", "}}{}")),
                Arguments.of("header", "stands twice", changed(header, "lora_B", "lora_A")),
                Arguments.of("__metadata__.format", "a text", changed(header, "\"pt\"", "2")),
                Arguments.of(a, "fields dtype, shape", changed(header, "\"dtype\"", "\"type\"")),
                Arguments.of(a + ".dtype", "F32, F16 or BF16", changed(header, "\"F32\"", "\"F64\"")),
                Arguments.of(a + ".dtype", "F32, F16 or BF16", changed(header, "\"dtype\":\"F32\",", "")),
                Arguments.of(a + ".shape", "data_offsets leave", changed(header, "[2,32]", "[2,31]")),
                Arguments.of(a + ".shape", "data_offsets leave", changed(header, "[2,32]", "[]")),
                Arguments.of(a + ".shape", "0 or more", changed(header, "[2,32]", "[-2,-32]")),
                Arguments.of(a + ".shape", "0 or more", changed(header, "[2,32]", "[2,32.0]")),
                Arguments.of(
                        a + ".shape", "data_offsets leave", changed(header, "[2,32]", "[4294967296,4294967296,64]")),
                Arguments.of(a + ".shape", "must be [2, 32]", changed(header, "[2,32]", "[32,2]")),
                Arguments.of(a + ".data_offsets", "where its data", changed(header, "[0,256]", "[256,0]")),
                Arguments.of(a + ".data_offsets", "at most 2", changed(header, "[0,256]", "[0,256,256]")),
                Arguments.of(a + ".data_offsets", "gap", changed(header, "[0,256]", "[4,260]")),
                Arguments.of(
                        a.replace("_A", "_B") + ".data_offsets", "overlaps", changed(header, "[256,512]", "[252,508]")),
                Arguments.of("data", "is the file complete", Arrays.copyOf(SOUND, SOUND.length - 1)),
                Arguments.of("data", "is the file complete", Arrays.copyOf(SOUND, SOUND.length + 1)),
                Arguments.of(
                        "adapter_model.safetensors",
                        "layers 0 to 0",
                        withTensor("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")),
                Arguments.of(
                        "adapter_model.safetensors",
                        "DoRA",
                        withTensor("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector")),
                Arguments.of(
                        "adapter_model.safetensors",
                        "output layer",
                        withTensor("base_model.model.lm_head.lora_A.weight")));
    }

    private static byte[] changed(String header, String from, String to) {
        return TinyAdapter.safetensors(
                header.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)), TinyAdapter.DATA);
    }

    private static byte[] inLatin1(String header) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] file = SOUND.clone();
        System.arraycopy(text, 0, file, 8, text.length);
        return file;
    }

    private static byte[] withTensor(String name) {
        byte[] data = TinyAdapter.DATA;
        String entry = ",\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
                .formatted(name, data.length, data.length + 4);
        return TinyAdapter.safetensors(
                TinyAdapter.HEADER.replaceFirst("} $", entry), Arrays.copyOf(data, data.length + 4));
    }

    private static byte[] filled(byte value) {
        byte[] file = SOUND.clone();
        Arrays.fill(file, 0, 8, value);
        return file;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("unsound")
    void unsoundWeightsAreRefused(String field, String remedy, byte[] weights) {
        assertRefused(TinyAdapter.CONFIG, weights, field, remedy);
    }

    @Test
    void weightsAndConfigurationMustFitEachOther() {
        String a = "base_model.model.model.layers.0.self_attn.%s_proj.lora_A.weight";
        assertRefused(TinyAdapter.CONFIG.replace("\"q_proj\", ", ""), SOUND, a.formatted("q"), "PEFT would ignore it");
        assertRefused(
                TinyAdapter.CONFIG.replace("\"q_proj\", ", "\"q_proj\", \"k_proj\", "),
                SOUND,
                a.formatted("k"),
                "must be there");
        assertRefused(
                TinyAdapter.CONFIG.replace("\"r\": 2", "\"r\": 3"), SOUND, a.formatted("q") + ".shape", "[3, 32]");
        assertRefused(
                TinyAdapter.CONFIG.replace("\"r\": 2", "\"r\": 65"), SOUND, a.formatted("q") + ".rank", "at most 64");
        assertRefused(
                TinyAdapter.CONFIG.replace("{\"peft", "{\"layers_to_transform\": 3, \"peft"),
                SOUND,
                a.formatted("q"),
                "PEFT would ignore it");
        assertRefused(
                TinyAdapter.CONFIG.replace("{\"peft", "{\"exclude_modules\": \".*v_proj\", \"peft"),
                SOUND,
                a.formatted("v"),
                "PEFT would ignore it");
    }

    @Test
    void aWeightThatIsNoNumberIsRefused() {
        byte[] weights = SOUND.clone();
        weights[weights.length - 1] = 0x7F;
        weights[weights.length - 2] = (byte) 0xC0;
        assertRefused(
                TinyAdapter.CONFIG,
                weights,
                "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight",
                "finite number");
    }
}
