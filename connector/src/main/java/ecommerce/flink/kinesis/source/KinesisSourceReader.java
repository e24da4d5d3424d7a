package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.table.data.RowData;

/** One subtask's reader: one thread polls its shards, the task's thread decodes. */
final class KinesisSourceReader
        extends SingleThreadMultiplexSourceReaderBase<StreamRecord, RowData, KinesisSplit, KinesisSplitState> {
    private final KinesisSplitReader splitReader;
    private final KinesisRecordEmitter emitter;
    private boolean idle;

    KinesisSourceReader(KinesisSplitReader splitReader, KinesisRecordEmitter emitter, SourceReaderContext context) {
        super(() -> splitReader, emitter, context.getConfiguration(), context);
        this.splitReader = splitReader;
        this.emitter = emitter;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<RowData> output) throws Exception {
        if (idle) {
            idle = false;
            if (getNumberOfCurrentlyAssignedSplits() == 0) {
                output.markIdle();
            }
        }
        return super.pollNext(output);
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof ShardReleased released) {
            splitReader.release(released.shardId());
        } else {
            idle = true;
            splitFetcherManager.getQueue().notifyAvailable();
        }
    }

    @Override
    public List<KinesisSplit> snapshotState(long checkpointId) {
        try {
            emitter.flush();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("dead letters could not be sent before the checkpoint", e);
        }
        return super.snapshotState(checkpointId);
    }

    @Override
    protected void onSplitFinished(Map<String, KinesisSplitState> finished) {
        // The enumerator released them, there is nobody to tell.
    }

    @Override
    protected KinesisSplitState initializedState(KinesisSplit split) {
        return new KinesisSplitState(split);
    }

    @Override
    protected KinesisSplit toSplitType(String splitId, KinesisSplitState state) {
        return state.toSplit();
    }
}
