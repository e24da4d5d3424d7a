package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.PutEntry;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.FlinkRuntimeException;

/** Makes a Kinesis record of a row. */
public final class RowConverter implements ElementConverter<RowData, PutEntry> {
    private static final long serialVersionUID = 1L;

    private final SerializationSchema<RowData> format;
    private final PartitionKeys keys;
    private transient int subtask;

    public RowConverter(SerializationSchema<RowData> format, PartitionKeys keys) {
        this.format = format;
        this.keys = keys;
    }

    @Override
    public void open(WriterInitContext context) {
        subtask = context.getTaskInfo().getIndexOfThisSubtask();
        try {
            format.open(context.asSerializationSchemaInitializationContext());
        } catch (Exception e) {
            throw new FlinkRuntimeException("the format cannot be opened", e);
        }
    }

    @Override
    public PutEntry apply(RowData row, SinkWriter.Context context) {
        return new PutEntry(format.serialize(row), keys.key(row, subtask));
    }
}
