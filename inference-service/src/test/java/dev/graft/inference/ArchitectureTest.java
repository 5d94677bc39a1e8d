package dev.graft.inference;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules that the root's package-info tells. */
@AnalyzeClasses(packages = "dev.graft.inference", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheApiKnowsHttp = noClasses()
            .that()
            .resideOutsideOfPackage("..inference.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.core.http..", "jakarta.ws.rs..");

    @ArchTest
    static final ArchRule onlyEventsKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("..inference.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.graft.broker..");

    @ArchTest
    static final ArchRule onlyDecodeKnowsLlama = noClasses()
            .that()
            .resideOutsideOfPackage("..inference.decode..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.graft.llama..", "org.bytedeco..");

    @ArchTest
    static final ArchRule nothingBehindTheDoorsKnowsThem = noClasses()
            .that()
            .resideOutsideOfPackages("..inference.api..", "..inference.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..inference.api..", "..inference.events..");

    @ArchTest
    static final ArchRule theDoorsDoNotKnowEachOther =
            slices().matching("dev.graft.inference.(api|events)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule theRegistryKnowsNothingOfRequests = noClasses()
            .that()
            .resideInAPackage("..inference.adapter..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..inference.request..",
                    "..inference.admission..",
                    "..inference.schedule..",
                    "..inference.prefix..",
                    "..inference.decode..",
                    "..inference.answer..",
                    "..inference.observe..");
}
