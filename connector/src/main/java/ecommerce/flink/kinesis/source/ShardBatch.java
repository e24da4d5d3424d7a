package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** What one read of one shard brought, on its way from the fetcher to the task. */
final class ShardBatch implements RecordsWithSplitIds<StreamRecord> {
    /** Comes after a batch's last record. */
    static final StreamRecord BATCH_END = new StreamRecord(null, null, 0);
    /** Comes instead of it where a closed shard has no more records. */
    static final StreamRecord SHARD_END = new StreamRecord(null, null, 0);

    private final Set<String> finished;
    private final Iterator<StreamRecord> records;
    private String shardId;

    private ShardBatch(String shardId, List<StreamRecord> records, Set<String> finished) {
        this.shardId = shardId;
        this.records = records.iterator();
        this.finished = finished;
    }

    static ShardBatch of(String shardId, List<StreamRecord> records) {
        return new ShardBatch(shardId, records, Set.of());
    }

    static ShardBatch finished(Set<String> shardIds) {
        return new ShardBatch(null, List.of(), shardIds);
    }

    static ShardBatch empty() {
        return new ShardBatch(null, List.of(), Set.of());
    }

    @Override
    public String nextSplit() {
        String next = shardId;
        shardId = null;
        return next;
    }

    @Override
    public StreamRecord nextRecordFromSplit() {
        return records.hasNext() ? records.next() : null;
    }

    @Override
    public Set<String> finishedSplits() {
        return finished;
    }
}
