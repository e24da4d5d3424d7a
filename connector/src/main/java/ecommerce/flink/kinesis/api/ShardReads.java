package ecommerce.flink.kinesis.api;

import java.io.IOException;

/** The two calls that read a shard. */
public interface ShardReads {
    /** An iterator for a position in a shard; it lasts five minutes. */
    String shardIterator(String shardId, StartPosition position) throws IOException, InterruptedException;

    /** Up to {@code limit} records (and 10 MB) from an iterator on. */
    RecordCursor getRecords(String iterator, int limit) throws IOException, InterruptedException;
}
