package ecommerce.flink.kinesis.api;

import java.util.List;

/**
 * What one event of a subscription brought.
 *
 * @param next the sequence number to read on behind, null at the end of a closed shard
 * @param millisBehindLatest how far the position is behind the newest record
 */
public record ReadResult(List<StreamRecord> records, String next, long millisBehindLatest) {}
