package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.streaming.runtime.tasks.ExceptionInChainedOperatorException;
import org.apache.flink.table.data.RowData;

/** Decodes records in the task's thread and keeps count of how far each shard is. */
final class KinesisRecordEmitter implements RecordEmitter<StreamRecord, RowData, KinesisSplitState> {
    private final StreamArn stream;
    private final RecordDecoder decoder;
    private final SourceReaderContext context;
    /** Null when the table names no dead-letter stream. */
    private final DeadLetters deadLetters;

    private final List<RowData> rows = new ArrayList<>();
    private final ReadMarker marker;
    private int sinceMarker;

    KinesisRecordEmitter(
            StreamArn stream, RecordDecoder decoder, SourceReaderContext context, DeadLetters deadLetters) {
        this.stream = stream;
        this.decoder = decoder;
        this.context = context;
        this.deadLetters = deadLetters;
        this.marker = new ReadMarker(context);
    }

    @Override
    public void emitRecord(StreamRecord record, SourceOutput<RowData> output, KinesisSplitState state)
            throws Exception {
        if (record == ShardBatch.BATCH_END) {
            flush();
            mark();
        } else if (record == ShardBatch.SHARD_END) {
            flush();
            mark();
            state.drained();
            context.sendSourceEventToCoordinator(new ShardDrained(state.shardId()));
        } else {
            // All that was packed into one record is handed on in one step: no checkpoint lies between.
            List<StreamRecord> packed = UserRecords.of(record, state.hashKeys());
            if (packed == null) {
                emit(record, output, state.shardId());
            } else {
                for (StreamRecord user : packed) {
                    emit(user, output, state.shardId());
                }
            }
            state.emitted(record.sequenceNumber());
            sinceMarker++;
        }
    }

    /** A full turn needs no marker: the next ones fill the buffers. */
    private void mark() {
        if (sinceMarker < Turns.MOST) {
            marker.send();
        }
        sinceMarker = 0;
    }

    private void emit(StreamRecord record, SourceOutput<RowData> output, String shardId) throws Exception {
        decode(record, shardId);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) != null) {
                collect(rows.get(i), record, output, shardId);
            }
        }
        rows.clear();
    }

    /** Hands a row on, through all operators of the query that run in the source's thread. */
    private void collect(RowData row, StreamRecord record, SourceOutput<RowData> output, String shardId)
            throws Exception {
        try {
            output.collect(row, record.arrivalMillis());
        } catch (ExceptionInChainedOperatorException e) {
            throw RecordFailure.isOfExpression(e) ? RecordFailure.ofQuery(stream, shardId, record, e) : e;
        }
    }

    private void decode(StreamRecord record, String shardId) throws Exception {
        try {
            decoder.decode(record, shardId, rows);
            if (deadLetters != null && (rows.isEmpty() || rows.contains(null))) {
                throw new IOException("the format makes no row of " + (rows.size() > 1 ? "a part of it" : "it"));
            }
        } catch (IOException | RuntimeException e) {
            rows.clear();
            context.metricGroup().getNumRecordsInErrorsCounter().inc();
            if (deadLetters == null) {
                throw RecordFailure.of(stream, shardId, record, e);
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
