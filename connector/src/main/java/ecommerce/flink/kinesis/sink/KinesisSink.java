package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.Kinesis;
import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.Startup;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;

/** Writes into a Kinesis stream, each record at least once. */
public final class KinesisSink extends AsyncSinkBase<RowData, PutEntry> {
    private static final long serialVersionUID = 1L;

    private final SinkConfig config;

    public KinesisSink(SinkConfig config, RowConverter converter) {
        super(
                converter,
                config.batchRecords(),
                config.requestsInFlight(),
                config.bufferedRecords(),
                config.batchBytes(),
                config.bufferMillis(),
                Math.min(SinkConfig.MAX_RECORD_BYTES, config.batchBytes()));
        this.config = config;
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<PutEntry>> createWriter(WriterInitContext context)
            throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<PutEntry>> restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<PutEntry>> state) throws IOException {
        Kinesis kinesis = new Kinesis(config.stream(), config.aws());
        if (context.getTaskInfo().getIndexOfThisSubtask() == 0) {
            check(kinesis);
        }
        return new KinesisSinkWriter(getElementConverter(), context, config, kinesis, state);
    }

    private void check(Kinesis kinesis) throws IOException {
        try {
            Startup.checkWritable(kinesis::listShards, config.stream(), config.aws(), "stream.arn");
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the stream could not be checked", e);
        }
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<PutEntry>> getWriterStateSerializer() {
        return new PutEntrySerializer();
    }
}
