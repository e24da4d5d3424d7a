package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadPacerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long CALL = SECOND / 200;

    /** Whether a shard that is read at a time answers. */
    private interface Limit {
        boolean admits(long nowNanos);
    }

    /** Five reads in any second. */
    private static Limit window() {
        Deque<Long> begun = new ArrayDeque<>();
        return now -> {
            begun.removeIf(at -> at <= now - SECOND);
            return begun.size() < 5 && begun.add(now);
        };
    }

    /** Five at once, and one more each fifth of a second. */
    private static Limit bucket() {
        double[] state = {5, 0};
        return now -> {
            state[0] = Math.min(5, state[0] + (now - state[1]) / SECOND * 5);
            state[1] = now;
            boolean admitted = state[0] >= 1;
            state[0] -= admitted ? 1 : 0;
            return admitted;
        };
    }

    /** The longest time that any of several readers went without an answer, over ten minutes. */
    private static long longestGap(int readers, Limit limit, long seed) {
        Random random = new Random(seed);
        ReadPacer[] pacers = new ReadPacer[readers];
        Arrays.setAll(pacers, i -> new ReadPacer(random));
        long[] due = new long[readers];
        long[] answered = new long[readers];
        long longest = 0;
        while (true) {
            int next = IntStream.range(0, readers)
                    .boxed()
                    .min(Comparator.comparing(i -> due[i]))
                    .orElseThrow();
            long now = due[next];
            if (now > 600 * SECOND) {
                return longest;
            }
            if (limit.admits(now)) {
                longest = Math.max(longest, now - answered[next]);
                answered[next] = now;
                due[next] = Math.max(now + CALL, pacers[next].answered(now));
            } else {
                due[next] = now + CALL + pacers[next].retry().toNanos();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.25", "2, 3", "3, 4", "5, 5"})
    void readersOfOneShardAreEachAnsweredWithinSeconds(int readers, double seconds) {
        for (int seed = 0; seed < 10; seed++) {
            assertTrue(longestGap(readers, window(), seed) <= seconds * SECOND);
            assertTrue(longestGap(readers, bucket(), seed) <= seconds * SECOND);
        }
    }

    @Test
    void aReaderThatIsAloneAgainSoonHasItsFullPace() {
        ReadPacer pacer = new ReadPacer(new Random(1));
        for (int i = 0; i < 100; i++) {
            pacer.retry();
        }
        long now = 0;
        for (int i = 0; i < 40; i++) {
            now = pacer.answered(now);
        }
        assertTrue(now < 30 * SECOND, now + " ns");
        assertTrue(pacer.answered(now) - now <= SECOND / 4);
    }
}
