package dev.graft.prompt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules that the root's package-info tells. */
@AnalyzeClasses(packages = "dev.graft.prompt", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheApiKnowsHttp = noClasses()
            .that()
            .resideOutsideOfPackage("..prompt.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.http..", "jakarta.ws.rs..", "java.net.http..");

    @ArchTest
    static final ArchRule onlyEventsKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("..prompt.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.graft.broker..");

    @ArchTest
    static final ArchRule onlyTemplateKnowsJinja = noClasses()
            .that()
            .resideOutsideOfPackage("..prompt.template..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hubspot..", "com.google.re2j..");

    @ArchTest
    static final ArchRule onlySettingsKnowsWhoseDatabaseItIs = noClasses()
            .that()
            .resideOutsideOfPackage("..prompt.settings..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.zonky..");

    @ArchTest
    static final ArchRule nothingBehindTheDoorsKnowsThem = noClasses()
            .that()
            .resideOutsideOfPackages("..prompt.api..", "..prompt.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..prompt.api..", "..prompt.events..");

    @ArchTest
    static final ArchRule theDoorsDoNotKnowEachOther =
            slices().matching("dev.graft.prompt.(api|events)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule templatesDoNotKnowWhoRunsThem = noClasses()
            .that()
            .resideInAPackage("..prompt.template..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..prompt.dispatch..");

    @ArchTest
    static final ArchRule settingsKnowNothingOfTheService = noClasses()
            .that()
            .resideInAPackage("..prompt.settings..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..prompt.template..", "..prompt.dispatch..");
}
