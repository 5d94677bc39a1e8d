package dev.graft.cli.demo;

import java.util.List;

/**
 * What requests with adapters of their own gave when they were asked at once.
 *
 * @param weights what the adapters are: random ones stand in for trained ones
 * @param rank of each
 * @param question that all were asked
 * @param answers one a request, the base's last
 * @param tokens of each answer that was timed
 * @param turns that were timed, each way
 * @param eachItsOwnMs from the first request sent to the last answer, each request with its own adapter; median
 * @param oneForAllMs the same with one adapter for all requests
 */
public record AdapterReport(
        String weights,
        int rank,
        String question,
        List<Answer> answers,
        int tokens,
        int turns,
        double eachItsOwnMs,
        double oneForAllMs) {
    public AdapterReport {
        answers = List.copyOf(answers);
    }

    /**
     * One request's.
     *
     * @param model what it named
     * @param adapter which adapter served it; empty: the base alone
     * @param generation of the adapter; 0: the base alone
     * @param text what was answered
     */
    public record Answer(String model, String adapter, int generation, String text) {
        /** What served it, as people read it. */
        String served() {
            return adapter.isEmpty() ? model : adapter + "@" + generation;
        }
    }
}
