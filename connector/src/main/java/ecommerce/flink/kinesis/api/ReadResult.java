package ecommerce.flink.kinesis.api;

import java.util.List;

/**
 * What one GetRecords brought.
 *
 * @param nextIterator where to read on, null at the end of a closed shard
 * @param millisBehindLatest how far the position is behind the newest record
 */
public record ReadResult(List<StreamRecord> records, String nextIterator, long millisBehindLatest) {}
