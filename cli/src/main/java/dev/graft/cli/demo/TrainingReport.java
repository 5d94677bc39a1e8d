package dev.graft.cli.demo;

/**
 * An adapter that the demo trained, and what it is worth.
 *
 * @param adapter its name in the registry
 * @param generation of it
 * @param examples that it learned from
 * @param epochs how often it saw each
 * @param steps of the training
 * @param tokensPerSecond over all of it
 * @param seconds from the job's beginning until it was served
 * @param before the plain prompt on the base, calibrated as suits it best
 * @param after the same prompt on the adapter, which needs no calibration
 * @param difference between the two, case by case
 */
public record TrainingReport(
        String adapter,
        int generation,
        int examples,
        int epochs,
        int steps,
        double tokensPerSecond,
        double seconds,
        DemoRow before,
        DemoRow after,
        McNemar difference) {}
