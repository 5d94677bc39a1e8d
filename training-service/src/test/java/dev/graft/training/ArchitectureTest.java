package dev.graft.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules that the root's package-info tells. */
@AnalyzeClasses(packages = "dev.graft.training", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheApiServesHttp = noClasses()
            .that()
            .resideOutsideOfPackage("..training.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.core.http..", "jakarta.ws.rs..");

    @ArchTest
    static final ArchRule onlyTheAdapterAsksOtherServices = noClasses()
            .that()
            .resideOutsideOfPackage("..training.adapter..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http..");

    @ArchTest
    static final ArchRule onlyEventsKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("..training.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.graft.broker..");

    @ArchTest
    static final ArchRule nothingBehindTheDoorsKnowsThem = noClasses()
            .that()
            .resideOutsideOfPackages("..training.api..", "..training.events..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..training.api..", "..training.events..");

    @ArchTest
    static final ArchRule theDoorsDoNotKnowEachOther =
            slices().matching("dev.graft.training.(api|events)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule dataKnowsNothingOfJobs = noClasses()
            .that()
            .resideInAnyPackage(
                    "..training.dataset..", "..training.checkpoint..", "..training.recipe..", "..training.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..training.job..", "..training.network..", "..training.adapter..");

    @ArchTest
    static final ArchRule theNetworkKnowsNothingOfJobs = noClasses()
            .that()
            .resideInAnyPackage("..training.network..", "..training.kernel..", "..training.optimizer..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..training.job..", "..training.checkpoint..", "..training.adapter..")
            .allowEmptyShould(true);
}
