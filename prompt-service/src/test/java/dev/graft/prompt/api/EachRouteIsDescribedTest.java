package dev.graft.prompt.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.prompt.stack.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class EachRouteIsDescribedTest {
    @Test
    void openApiDescribesWhatIsServedAndNothingElse() {
        JsonPath description = given().accept("application/json")
                .get("/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        var described = new TreeSet<String>();
        Map<String, Map<String, Object>> paths = description.getMap("paths");
        paths.forEach((path, methods) -> methods.keySet().stream()
                .filter(method -> !method.equals("parameters"))
                .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));

        assertThat(described).contains("POST /v1/templates/{ref}/run").isEqualTo(served());
        assertThat(description.getMap("components.schemas")).containsKeys("TemplateSource", "Problem");
    }

    private static Set<String> served() {
        var routes = new TreeSet<String>();
        for (JavaClass resource : new ClassFileImporter().importPackages("dev.graft.prompt.api")) {
            if (resource.isAnnotatedWith(Path.class)) {
                Stream.of(resource.reflect().getDeclaredMethods())
                        .flatMap(method -> route(method).stream())
                        .forEach(routes::add);
            }
        }
        return routes;
    }

    private static Optional<String> route(Method method) {
        String root = method.getDeclaringClass().getAnnotation(Path.class).value();
        Path own = method.getAnnotation(Path.class);
        return Stream.of(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(type -> type.isAnnotationPresent(HttpMethod.class))
                .map(type -> type.getAnnotation(HttpMethod.class).value())
                .map(verb -> verb + " " + root + (own == null ? "" : "/" + own.value()))
                .findFirst();
    }
}
