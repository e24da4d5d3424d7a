package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.util.List;

/** One shard that is read: when its turn is, and what it brings. */
interface ShardReader {
    KinesisSplit split();

    /** When its next turn may be; in the past, how long it has waited for it. */
    long dueNanos();

    /** How far behind the newest record it was when it was last heard. */
    long millisBehind();

    /**
     * Hands on some records.
     *
     * @return with {@link ShardBatch#SHARD_END} last at the shard's end; empty where there are none, or after a failure
     *     that time may mend
     * @throws IOException when trying again does not help, or has not for {@link Patience#MOST}
     */
    List<StreamRecord> next() throws IOException, InterruptedException;

    void close();

    /** Begins to read a shard. */
    interface Opener {
        /** @param arrived to be called, from any thread, when a turn is due earlier than was said */
        ShardReader open(KinesisSplit split, Runnable arrived);
    }
}
