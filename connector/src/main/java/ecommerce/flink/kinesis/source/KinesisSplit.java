package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StartPosition;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * One shard and the position to read it from.
 *
 * @param openedMillis when the shard was first assigned: what LATEST means once time has passed
 * @param hashKeys the hash keys of the shard's records
 * @param drained whether everything was read and only the watermark is still held for its children
 */
public record KinesisSplit(
        String shardId, StartPosition position, long openedMillis, HashKeys hashKeys, boolean drained)
        implements SourceSplit {

    @Override
    public String splitId() {
        return shardId;
    }

    /** The split as a checkpoint keeps it: LATEST would skip what arrives before the restore. */
    KinesisSplit forCheckpoint() {
        return new KinesisSplit(shardId, resumable(), openedMillis, hashKeys, drained);
    }

    /** The position that may be opened a second time. */
    StartPosition resumable() {
        return position.type() == StartPosition.Type.LATEST ? StartPosition.atTimestamp(openedMillis) : position;
    }
}
