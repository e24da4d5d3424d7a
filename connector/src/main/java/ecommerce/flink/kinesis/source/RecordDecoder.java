package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.data.RowData;

/** Makes rows of a record. */
public interface RecordDecoder extends Serializable {
    /** Called once before the first record. */
    void open(DeserializationSchema.InitializationContext context) throws Exception;

    /**
     * Decodes one record.
     *
     * @param rows takes the rows, mostly one, and null for what the format drops; holds nothing before
     * @throws Exception whatever the format throws about a record that it cannot read
     */
    void decode(StreamRecord record, String shardId, List<RowData> rows) throws Exception;
}
