package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** The governor on a machine that is described by how long a step takes with so many threads. */
class ThreadGovernorTest {
    private static final long MS = 1_000_000L;
    private long now = 1;

    private static long free(int threads) {
        return 40 * MS / threads;
    }

    /** Another program on all cores: threads that wait for one another take the longer the more they are. */
    private static long taken(int threads) {
        return threads == 1 ? 80 * MS : threads * 150L * MS;
    }

    /** Steps of this machine for so long; returns the share of steps that were computed with {@code threads}. */
    private double share(ThreadGovernor governor, IntToLongFunction machine, long seconds, int threads) {
        long end = now + seconds * 1000 * MS;
        int steps = 0;
        int such = 0;
        while (now < end) {
            int used = governor.threads();
            long nanos = machine.applyAsLong(used);
            now += nanos;
            governor.measured(8, nanos, now);
            steps++;
            such += used == threads ? 1 : 0;
        }
        return such / (double) steps;
    }

    @Test
    void allThreadsComputeWhileTheCoresAreFree() {
        assertThat(share(new ThreadGovernor(4), ThreadGovernorTest::free, 60, 4))
                .isGreaterThan(0.97);
    }

    @Test
    void whenTheCoresAreTakenOneThreadComputes() {
        ThreadGovernor governor = new ThreadGovernor(2);
        share(governor, ThreadGovernorTest::free, 20, 2);
        share(governor, ThreadGovernorTest::taken, 5, 1);
        assertThat(share(governor, ThreadGovernorTest::taken, 60, 1)).isGreaterThan(0.9);
    }

    /** Another service that spins on the same cores: one step takes seconds. */
    @Test
    void aDisasterIsMetByFewSteps() {
        ThreadGovernor governor = new ThreadGovernor(2);
        share(governor, ThreadGovernorTest::free, 20, 2);
        int disasters = 0;
        for (int step = 0; step < 100; step++) {
            boolean all = governor.threads() == 2;
            long nanos = all ? 2800 * MS : 80 * MS;
            disasters += all ? 1 : 0;
            now += nanos;
            governor.measured(8, nanos, now);
        }
        assertThat(disasters)
                .as("the first, one in the trial that it begins, and one each time that all threads are tried again")
                .isLessThanOrEqualTo(7);
    }

    @Test
    void whenTheyAreFreeAgainAllThreadsComputeAgain() {
        ThreadGovernor governor = new ThreadGovernor(4);
        share(governor, ThreadGovernorTest::free, 20, 4);
        share(governor, ThreadGovernorTest::taken, 60, 1);
        share(governor, ThreadGovernorTest::free, 90, 4);
        assertThat(share(governor, ThreadGovernorTest::free, 60, 4)).isGreaterThan(0.9);
    }

    @Test
    void aMachineThatWasTakenFromTheBeginningIsRecognised() {
        ThreadGovernor governor = new ThreadGovernor(2);
        share(governor, ThreadGovernorTest::taken, 10, 1);
        assertThat(share(governor, ThreadGovernorTest::taken, 60, 1)).isGreaterThan(0.9);
    }

    @Test
    void stepsOfOtherSizesAreNoReasonForATrial() {
        ThreadGovernor governor = new ThreadGovernor(2);
        int single = 0;
        for (int step = 0; step < 2000; step++) {
            int tokens = step % 2 == 0 ? 1 : 64;
            single += governor.threads() == 1 ? 1 : 0;
            long nanos = tokens * MS;
            now += nanos;
            governor.measured(tokens, nanos, now);
        }
        assertThat(single).isLessThan(40);
    }

    @Test
    void oneThreadIsAllThereIs() {
        assertThat(share(new ThreadGovernor(1), ThreadGovernorTest::taken, 30, 1))
                .isEqualTo(1);
    }
}
