package dev.graft.prompt.template;

import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.JinjavaBeanELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.util.Set;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.MethodNotFoundException;
import org.jspecify.annotations.Nullable;

/** What an expression may touch: entries of lists and maps, the state of its loop, filters and tests. No method of any value, no other property. */
final class Sandbox extends CompositeELResolver {
    private static final Set<String> LOOP_STATE =
            Set.of("index", "index0", "revindex", "revindex0", "first", "last", "length", "counter", "depth", "depth0");

    Sandbox() {
        add(new JinjavaListELResolver(true));
        add(new TypeConvertingMapELResolver(true));
        add(new Guarded());
    }

    private static final class Guarded extends JinjavaBeanELResolver {
        Guarded() {
            super(true);
        }

        @Override
        public @Nullable Object getValue(ELContext context, Object base, Object property) {
            if (base instanceof ForLoop && LOOP_STATE.contains(String.valueOf(property))) {
                return super.getValue(context, base, property);
            }
            context.setPropertyResolved(true);
            return null;
        }

        @Override
        public Object invoke(
                ELContext context, Object base, Object method, Class<?> @Nullable [] types, Object[] parameters) {
            boolean filter = base instanceof Filter && "filter".equals(method);
            boolean test = base instanceof ExpTest
                    && Set.of("evaluate", "evaluateNegated").contains(String.valueOf(method));
            if (!filter && !test) {
                throw new MethodNotFoundException("values have no methods (" + method + "): use a filter");
            }
            return super.invoke(context, base, method, types, parameters);
        }
    }
}
