package ecommerce.flink.kinesis.api;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waiting times that double up to a cap, each with full jitter above a half. */
public final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long CAP_MILLIS = 5_000;

    private int failures;

    /** The wait after one more failure. */
    public Duration next() {
        long ceiling = Math.min(CAP_MILLIS, FIRST_MILLIS << Math.min(failures++, 16));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
    }

    public void reset() {
        failures = 0;
    }
}
