package ecommerce.flink.kinesis.source;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When a shard may be read again, so that all its readers have their share.
 *
 * <p>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html: "Each shard can support up to five
 * read transactions per second", over all its readers. A reader that used all five would never be refused and never
 * hear of the others. So one that is alone leaves a little room. A refused one tries again soon, for a refusal costs
 * nothing and says nothing of the service's health, and reads less often afterwards, by a step at each refusal, until
 * some reads have gone well.
 */
final class ReadPacer {
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** What a refusal adds to the pause, and the share of it that a read leaves. */
    private static final long WIDER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final double NARROWER = 0.95;
    /** The most by which a pause is longer than asked, so that readers do not meet again and again. */
    private static final double JITTER = 0.2;

    private static final long SOONEST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LATEST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(350);

    private final RandomGenerator random;
    private long pauseNanos = LEAST_NANOS;

    ReadPacer(RandomGenerator random) {
        this.random = random;
    }

    /** The time of the next read after one that began at a time and was answered. */
    long answered(long begunNanos) {
        long next = begunNanos + (long) (pauseNanos * (1 + JITTER * random.nextDouble()));
        pauseNanos = Math.max(LEAST_NANOS, (long) (pauseNanos * NARROWER));
        return next;
    }

    /** The wait before trying again what was refused because the shard is read too often. */
    Duration retry() {
        pauseNanos = Math.min(MOST_NANOS, pauseNanos + WIDER_NANOS);
        return Duration.ofNanos(random.nextLong(SOONEST_RETRY_NANOS, LATEST_RETRY_NANOS));
    }
}
