package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's operators on the values of a template. */
final class Operators {
    private static final long LONGEST_TEXT = 1 << 24;

    private Operators() {}

    static Object binary(String operator, Object left, Object right, Budget budget) {
        if (operator.equals("~")) {
            return joined(Values.text(left), Values.text(right), budget);
        }
        if (operator.equals("+") && left instanceof Text a && right instanceof Text b) {
            return joined(a, b, budget);
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            budget.spend(a.size() + b.size());
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (operator.equals("*") && left instanceof Text text && right instanceof Long times) {
            return repeated(text, times, budget);
        }
        if (isNumber(left) && isNumber(right)) {
            return number(operator, left, right);
        }
        throw new JinjaException(
                "unsupported operand type(s) for " + operator + ": '" + typeOf(left) + "' and '" + typeOf(right) + "'");
    }

    private static String typeOf(Object value) {
        return value instanceof Undefined(String name) ? name + "' (undefined) '" : Values.typeName(value);
    }

    private static Text joined(Text left, Text right, Budget budget) {
        budget.spend((left.length() + right.length()) / 8);
        return left.plus(right);
    }

    private static Text repeated(Text text, long times, Budget budget) {
        if (times <= 0 || text.length() == 0) {
            return Text.EMPTY;
        }
        if (times > LONGEST_TEXT / text.length()) {
            throw new JinjaException("a repeated string is longer than " + LONGEST_TEXT);
        }
        budget.spend(text.length() * times);
        var out = new TextBuilder();
        for (long i = 0; i < times; i++) {
            out.add(text);
        }
        return out.text();
    }

    private static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private static Object number(String operator, Object left, Object right) {
        boolean whole = !(left instanceof Double) && !(right instanceof Double);
        return whole && !operator.equals("/")
                ? whole(operator, Values.requireWhole(left, operator), Values.requireWhole(right, operator))
                : fraction(operator, toDouble(left), toDouble(right));
    }

    private static Object whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
            };
        } catch (ArithmeticException e) {
            throw new JinjaException(b == 0 ? "division by zero" : "a number grows too large");
        }
    }

    private static long power(long base, long exponent) {
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
            if (result == 0 || result == 1) {
                return result;
            }
            if (i > Long.SIZE) {
                throw new ArithmeticException("overflow");
            }
        }
        return result;
    }

    private static Double fraction(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new JinjaException("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }

    static double toDouble(Object value) {
        return value instanceof Double number ? number : Values.requireWhole(value, "arithmetic");
    }

    static boolean compare(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            case "<" -> order(left, right) < 0;
            case "<=" -> order(left, right) <= 0;
            case ">" -> order(left, right) > 0;
            default -> order(left, right) >= 0;
        };
    }

    static boolean equal(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            return toDouble(left) == toDouble(right);
        }
        return left instanceof Undefined ? right instanceof Undefined : Objects.equals(left, right);
    }

    static int order(Object left, Object right) {
        if (left instanceof Text a && right instanceof Text b) {
            return a.value().compareTo(b.value());
        }
        if (isNumber(left) && isNumber(right)) {
            return Double.compare(toDouble(left), toDouble(right));
        }
        throw new JinjaException("'" + Values.typeName(left) + "' and '" + Values.typeName(right) + "' have no order");
    }

    static boolean contains(Object container, Object item) {
        return switch (container) {
            case Text text ->
                text.value().contains(Values.requireText(item, "'in <string>'").value());
            case List<?> list -> list.stream().anyMatch(each -> equal(each, item));
            case Map<?, ?> map -> map.containsKey(item instanceof Text text ? text.value() : item);
            case Undefined undefined -> false;
            default ->
                throw new JinjaException("argument of type '" + Values.typeName(container) + "' is not iterable");
        };
    }
}
