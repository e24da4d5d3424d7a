package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import ecommerce.flink.kinesis.source.RecordDecoder;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/** The table's format, the guard over its rows, and the columns that the query asked for. */
final class RowDecoder implements RecordDecoder {
    private static final long serialVersionUID = 1L;

    private final DeserializationSchema<RowData> format;
    private final RowGuard guard;
    /** Null where only the columns of the query are decoded. */
    private final ComputedGuard computed;
    /** Null for a table without a watermark. */
    private final EventTimeGuard eventTime;

    /** Which of the format's fields make the row, null for all in their order. */
    private final RowData.FieldGetter[] fields;

    private final Metadata[] metadata;

    RowDecoder(
            DeserializationSchema<RowData> format,
            RowGuard guard,
            ComputedGuard computed,
            EventTimeGuard eventTime,
            RowData.FieldGetter[] fields,
            List<Metadata> metadata) {
        this.format = format;
        this.guard = guard;
        this.computed = computed;
        this.eventTime = eventTime;
        this.fields = fields;
        this.metadata = metadata.toArray(new Metadata[0]);
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
        format.open(context);
        if (computed != null) {
            computed.open(context.getUserCodeClassLoader().asClassLoader());
        }
        if (eventTime != null) {
            eventTime.open(context.getMetricGroup());
        }
    }

    @Override
    public void decode(StreamRecord record, String shardId, List<RowData> rows) throws Exception {
        format.deserialize(record.data(), new ListCollector<>(rows));
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) != null) {
                guard.check(rows.get(i));
                if (computed != null) {
                    computed.check(rows.get(i));
                }
            }
        }
        if (fields != null) {
            rows.replaceAll(row -> row == null ? null : shape(row, record, shardId));
        }
        for (int i = 0; eventTime != null && i < rows.size(); i++) {
            if (rows.get(i) != null) {
                eventTime.check(rows.get(i), record);
            }
        }
    }

    private RowData shape(RowData row, StreamRecord record, String shardId) {
        GenericRowData shaped = new GenericRowData(row.getRowKind(), fields.length + metadata.length);
        for (int i = 0; i < fields.length; i++) {
            shaped.setField(i, fields[i].getFieldOrNull(row));
        }
        for (int i = 0; i < metadata.length; i++) {
            shaped.setField(fields.length + i, metadata[i].read(record, shardId));
        }
        return shaped;
    }
}
