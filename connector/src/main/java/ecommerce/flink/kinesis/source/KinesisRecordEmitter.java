package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.table.data.RowData;

/** Decodes records in the task's thread and keeps count of how far each shard is. */
final class KinesisRecordEmitter implements RecordEmitter<StreamRecord, RowData, KinesisSplitState> {
    private final StreamArn stream;
    private final RecordDecoder decoder;
    private final SourceReaderContext context;
    /** Null when the table names no dead-letter stream. */
    private final DeadLetters deadLetters;

    private final List<RowData> rows = new ArrayList<>();

    KinesisRecordEmitter(
            StreamArn stream, RecordDecoder decoder, SourceReaderContext context, DeadLetters deadLetters) {
        this.stream = stream;
        this.decoder = decoder;
        this.context = context;
        this.deadLetters = deadLetters;
    }

    @Override
    public void emitRecord(StreamRecord record, SourceOutput<RowData> output, KinesisSplitState state)
            throws Exception {
        if (record == ShardBatch.BATCH_END) {
            flush();
        } else if (record == ShardBatch.SHARD_END) {
            flush();
            state.drained();
            context.sendSourceEventToCoordinator(new ShardDrained(state.shardId()));
        } else {
            decode(record, state.shardId());
            for (int i = 0; i < rows.size(); i++) {
                output.collect(rows.get(i), record.arrivalMillis());
            }
            rows.clear();
            state.emitted(record.sequenceNumber());
        }
    }

    private void decode(StreamRecord record, String shardId) throws Exception {
        try {
            decoder.decode(record, shardId, rows);
            if (rows.isEmpty() && deadLetters != null) {
                throw new IOException("the format makes no row of it");
            }
        } catch (IOException | RuntimeException e) {
            rows.clear();
            context.metricGroup().getNumRecordsInErrorsCounter().inc();
            if (deadLetters == null) {
                throw new IOException(
                        "Record " + record.sequenceNumber() + " in " + shardId + " of " + stream
                                + " cannot be decoded: " + DeadLetter.reason(e) + " (option '" + DeadLetters.OPTION
                                + "' sends such records elsewhere)",
                        e);
            }
            deadLetters.add(DeadLetter.entries(stream, shardId, record, e));
        }
    }

    void flush() throws Exception {
        if (deadLetters != null) {
            deadLetters.flush();
        }
    }
}
