package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StartPosition;

/** How far a shard's records were handed on; used by the task's own thread only. */
final class KinesisSplitState {
    private final KinesisSplit split;
    private String lastSequenceNumber;
    private boolean drained;

    KinesisSplitState(KinesisSplit split) {
        this.split = split;
        this.drained = split.drained();
    }

    String shardId() {
        return split.shardId();
    }

    HashKeys hashKeys() {
        return split.hashKeys();
    }

    void emitted(String sequenceNumber) {
        lastSequenceNumber = sequenceNumber;
    }

    void drained() {
        drained = true;
    }

    KinesisSplit toSplit() {
        StartPosition position =
                lastSequenceNumber == null ? split.position() : StartPosition.after(lastSequenceNumber);
        return new KinesisSplit(split.shardId(), position, split.openedMillis(), split.hashKeys(), drained)
                .forCheckpoint();
    }
}
