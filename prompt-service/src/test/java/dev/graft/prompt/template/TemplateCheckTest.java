package dev.graft.prompt.template;

import static dev.graft.prompt.template.TemplatesInTests.faultOf;
import static dev.graft.prompt.template.TemplatesInTests.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateCheckTest {
    private final TemplateCheck check = new TemplateCheck(new Renderer());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            {name: A, prompt: a, output: {type: text}}                                                        | name_invalid       | name
            {name: a, output: {type: text}}                                                                   | template_form      | messages
            {name: a, prompt: a, messages: [{role: user, content: a}], output: {type: text}}                  | template_form      | messages
            {name: a, messages: [{role: tool, content: a}], output: {type: text}}                             | template_role      | messages[0].role
            {name: a, messages: [{role: user, content: a}, {role: assistant, content: b}], output: {type: text}} | template_role   | messages[1].role
            {name: a, prompt: "{{ x }}", output: {type: text}}                                                | variable_undefined | prompt
            {name: a, prompt: "{{ x ", output: {type: text}}                                                  | template_syntax    | prompt
            {name: a, prompt: "{% if 1 %}", output: {type: text}}                                             | template_syntax    | prompt
            {name: a, prompt: a, variables: {loop: {type: string}}, output: {type: text}}                     | name_invalid       | variables
            {name: a, prompt: a, variables: {n: {type: integer, default: x}}, output: {type: text}}           | variable_type      | variables.n
            {name: a, prompt: a, variables: {n: {type: integer, required: true, default: 1}}, output: {type: text}} | variable_default | variables.n.required
            {name: a, prompt: a, output: {type: label, labels: [x]}}                                          | output_labels      | output.labels
            {name: a, prompt: a, output: {type: label, labels: [x, x]}}                                       | output_labels      | output.labels[1]
            {name: a, prompt: a, output: {type: pattern, pattern: "("}}                                       | output_pattern     | output.pattern
            {name: a, prompt: a, output: {type: pattern, pattern: "(a)\\\\1"}}                                | output_pattern     | output.pattern
            {name: a, prompt: a, examples: [{answer: z}], output: {type: label, labels: [x, y]}}              | example_answer     | examples[0].answer
            {name: a, prompt: a, examples: [{variables: {q: 1}, answer: x}], output: {type: text}}            | variable_unknown   | examples[0].variables.q
            """)
    void whatIsWrongIsSaidWhenItIsWritten(String yaml, String code, String field) {
        Fault fault = faultOf(() -> check.check(parsed(yaml)));

        assertThat(fault.code()).isEqualTo(code);
        assertThat(fault.field()).isEqualTo(field);
    }

    @Test
    void aMisspelledFieldIsNamed() {
        Fault fault = faultOf(() -> TemplateFile.parse(
                "templates: [{name: a, promt: x, output: {type: text}}]".getBytes(StandardCharsets.UTF_8)));

        assertThat(fault.code()).isEqualTo("malformed");
        assertThat(fault.field()).isEqualTo("templates[0].promt");
    }

    @Test
    void theExampleFilesAreValid() throws Exception {
        for (String file : java.util.List.of("reviews.yaml", "customer-service.yaml")) {
            TemplateFile.parse(Files.readAllBytes(Path.of("../examples", file)))
                    .templates()
                    .forEach(entry -> check.check(entry.source()));
        }
    }

    @Test
    void aTemplateReadFromItsOwnJsonOrYamlIsTheSame() throws Exception {
        for (TemplateFile.Entry entry : TemplateFile.parse(Files.readAllBytes(Path.of("../examples/reviews.yaml")))
                .templates()) {
            String json = TemplateJson.write(entry.source());

            assertThat(TemplateJson.read(json.getBytes(StandardCharsets.UTF_8), TemplateSource.class))
                    .isEqualTo(entry.source());
            assertThat(parsed(TemplateJson.writeYaml(entry.source()))).isEqualTo(entry.source());
        }
    }
}
