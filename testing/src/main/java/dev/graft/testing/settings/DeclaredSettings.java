package dev.graft.testing.settings;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The settings that a mapping declares, with their defaults; empty where it has none, or one that is made of other settings. */
public final class DeclaredSettings {
    /** @param prefix of all names, such as {@code graft} */
    public static Map<String, Optional<String>> of(String prefix, Class<?> mapping) {
        Map<String, Optional<String>> settings = new TreeMap<>();
        for (Method method : mapping.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                String name = prefix + "." + name(method);
                if (method.getReturnType().getPackageName().equals(mapping.getPackageName())
                        && method.getReturnType().isInterface()) {
                    settings.putAll(of(name, method.getReturnType()));
                } else {
                    settings.put(
                            name,
                            Optional.ofNullable(method.getAnnotation(WithDefault.class))
                                    .map(WithDefault::value)
                                    .filter(value -> !value.contains("${")));
                }
            }
        }
        return settings;
    }

    private static String name(Method method) {
        WithName given = method.getAnnotation(WithName.class);
        return given == null ? method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT) : given.value();
    }

    private DeclaredSettings() {}
}
