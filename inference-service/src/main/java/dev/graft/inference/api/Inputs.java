package dev.graft.inference.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.Refusals;
import java.util.ArrayList;
import java.util.List;

/** The shapes that OpenAI's API gives prompts and texts. */
final class Inputs {
    /** What one prompt may be: text, or tokens. */
    sealed interface Input {
        record Text(String text) implements Input {}

        record Numbers(int[] tokens) implements Input {}
    }

    /** A string, an array of strings, an array of tokens, or an array of arrays of tokens. */
    static List<Input> several(JsonNode node, String field, ModelText text, int most) {
        if (!node.isArray()) {
            return List.of(one(node, field, text));
        }
        if (node.isEmpty()) {
            throw Refusals.refused("empty_prompt", field, "[]", "must have at least one element");
        }
        if (node.get(0).isNumber()) {
            return List.of(one(node, field, text));
        }
        few(node, field, most);
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            inputs.add(one(node.get(i), field + "[" + i + "]", text));
        }
        return inputs;
    }

    /** A string, or an array of strings and tokens that follow each other, as llama-server takes it. */
    static List<Input> mixed(JsonNode node, String field, ModelText text) {
        if (!node.isArray()) {
            return List.of(one(node, field, text));
        }
        List<Input> parts = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            JsonNode part = node.get(i);
            String at = field + "[" + i + "]";
            parts.add(
                    part.isTextual()
                            ? new Input.Text(part.textValue())
                            : new Input.Numbers(new int[] {token(part, at, text)}));
        }
        return parts;
    }

    static void few(JsonNode array, String field, int most) {
        if (array.size() > most) {
            throw Refusals.refused("too_many_inputs", field, array.size() + " elements", "at most " + most);
        }
    }

    /** An array of messages. */
    static Prompt.Chat chat(JsonNode node, String field) {
        if (!node.isArray()) {
            throw JsonBody.wrongType(field, node, "an array of messages");
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            messages.add(message(JsonBody.of(node.get(i), field + "[" + i + "]"), field + "[" + i + "]"));
        }
        return new Prompt.Chat(messages);
    }

    static int[] tokens(JsonNode node, String field, ModelText text) {
        if (!node.isArray()) {
            throw JsonBody.wrongType(field, node, "an array of token numbers");
        }
        int[] tokens = new int[node.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = token(node.get(i), field + "[" + i + "]", text);
        }
        return tokens;
    }

    private static int token(JsonNode node, String field, ModelText text) {
        return Refusals.between(
                field, JsonBody.inInt(node, field), 0, text.tokenizer().size() - 1);
    }

    /** A string, or an array of strings. */
    static List<String> texts(JsonNode node, String field) {
        if (node.isTextual()) {
            return List.of(node.textValue());
        }
        if (!node.isArray()) {
            throw JsonBody.wrongType(field, node, "a string or an array of strings");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            if (!node.get(i).isTextual()) {
                throw JsonBody.wrongType(field + "[" + i + "]", node.get(i), "a string");
            }
            texts.add(node.get(i).textValue());
        }
        return texts;
    }

    private static Input one(JsonNode node, String field, ModelText text) {
        if (node.isTextual()) {
            return new Input.Text(node.textValue());
        }
        if (node.isArray()) {
            return new Input.Numbers(tokens(node, field, text));
        }
        throw JsonBody.wrongType(field, node, "a string or an array of token numbers");
    }

    private static Message message(JsonBody message, String path) {
        JsonNode role = message.required("role", "system, user or assistant");
        if (!role.isTextual()) {
            throw JsonBody.wrongType(path + ".role", role, "a string");
        }
        JsonNode content = message.required("content", "a string or an array of text parts");
        message.passOver("name", "refusal", "annotations");
        message.refuseUnless("tool_calls", JsonBody::saysNothing, "tools are not supported");
        message.refuseUnless("function_call", JsonBody::saysNothing, "functions are not supported");
        message.refuseUnless("audio", JsonBody::saysNothing, "audio is not supported");
        message.end();
        // OpenAI's newer name for the same role.
        String name = role.textValue().equals("developer") ? "system" : role.textValue();
        return new Message(name, content(content, path + ".content"));
    }

    private static String content(JsonNode node, String field) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (!node.isArray()) {
            throw JsonBody.wrongType(field, node, "a string or an array of text parts");
        }
        var text = new StringBuilder();
        for (int i = 0; i < node.size(); i++) {
            JsonBody part = JsonBody.of(node.get(i), field + "[" + i + "]");
            part.refuseUnless(
                    "type", type -> type.asText().equals("text"), "only parts of the type text are supported");
            text.append(part.text("text").orElse(""));
            part.end();
        }
        return text.toString();
    }

    private Inputs() {}
}
