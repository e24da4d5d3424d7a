package ecommerce.flink.kinesis.api;

import java.util.List;

/**
 * What one GetRecords, or one event of a subscription, brought.
 *
 * @param next where to read on, null at the end of a closed shard: an iterator, or of an event a sequence number
 * @param millisBehindLatest how far the position is behind the newest record
 */
public record ReadResult(List<StreamRecord> records, String next, long millisBehindLatest) {}
