package ecommerce.flink.kinesis.source;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * When a shard may be read again: five times in any second.
 *
 * <p>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html: "Each shard can support up to five
 * read transactions per second".
 */
final class ReadPacer {
    private static final int READS = 5;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Deque<Long> begun = new ArrayDeque<>(READS);

    void read(long nowNanos) {
        if (begun.size() == READS) {
            begun.removeFirst();
        }
        begun.addLast(nowNanos);
    }

    /** The earliest time for the next read of one that is behind: a burst of five, then their pace. */
    long atOnce(long nowNanos) {
        return begun.size() < READS ? nowNanos : Math.max(nowNanos, begun.getFirst() + WINDOW_NANOS);
    }

    /** The time for the next read of one that has caught up: an even pace, so that no record waits long. */
    long evenly(long nowNanos) {
        long step = WINDOW_NANOS / READS;
        return begun.isEmpty() ? nowNanos : Math.max(atOnce(nowNanos), begun.getLast() + step);
    }
}
