package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Values of a setting, each of the one kind that is right for it. */
final class JsonValues {
    private JsonValues() {}

    static String text(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new MalformedPeftException(name, json.getText(), "must be a text");
        }
        return json.getText();
    }

    static int whole(String name, JsonParser json, int least, int most) throws IOException {
        boolean fits = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() == JsonParser.NumberType.INT
                && json.getIntValue() >= least
                && json.getIntValue() <= most;
        if (!fits) {
            throw new MalformedPeftException(
                    name, json.getText(), "must be a whole number from " + least + " to " + most);
        }
        return json.getIntValue();
    }

    static double number(String name, JsonParser json, double least, double most) throws IOException {
        double value = json.currentToken().isNumeric() ? json.getDoubleValue() : Double.NaN;
        if (!(value >= least && value <= most)) {
            throw new MalformedPeftException(name, json.getText(), "must be a number from " + least + " to " + most);
        }
        return value;
    }

    static boolean flag(String name, JsonParser json) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw new MalformedPeftException(name, json.getText(), "must be true or false");
        }
        return json.getBooleanValue();
    }

    /** A list of elements of one kind, or one element alone. */
    static <T> List<T> oneOrMore(JsonParser json, Element<T> element) throws IOException {
        List<T> values = new ArrayList<>();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            values.add(element.read(json));
            return values;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(element.read(json));
        }
        return values;
    }

    /** Reads the value on which the parser stands. */
    @FunctionalInterface
    interface Element<T> {
        T read(JsonParser json) throws IOException;
    }

    /** Refuses what is not null, false, an empty text, list or table. */
    static void mustBeOff(String name, JsonParser json) throws IOException {
        boolean off = switch (json.currentToken()) {
            case VALUE_NULL, VALUE_FALSE -> true;
            case VALUE_STRING -> json.getText().isEmpty();
            case START_ARRAY -> json.nextToken() == JsonToken.END_ARRAY;
            case START_OBJECT -> json.nextToken() == JsonToken.END_OBJECT;
            default -> false;
        };
        if (!off) {
            throw new MalformedPeftException(
                    name, json.getText(), "not supported: must be false, null, empty, or left out");
        }
    }
}
