package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;

/** What a record carries besides its bytes, readable as METADATA columns. */
enum Metadata {
    TIMESTAMP("timestamp", DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull()) {
        @Override
        Object read(StreamRecord record, String shardId) {
            return TimestampData.fromEpochMillis(record.arrivalMillis());
        }
    },
    SHARD_ID("shard-id", DataTypes.VARCHAR(128).notNull()) {
        @Override
        Object read(StreamRecord record, String shardId) {
            return StringData.fromString(shardId);
        }
    },
    SEQUENCE_NUMBER("sequence-number", DataTypes.VARCHAR(128).notNull()) {
        @Override
        Object read(StreamRecord record, String shardId) {
            return StringData.fromString(record.sequenceNumber());
        }
    };

    private final String key;
    private final DataType type;

    Metadata(String key, DataType type) {
        this.key = key;
        this.type = type;
    }

    abstract Object read(StreamRecord record, String shardId);

    static Map<String, DataType> types() {
        Map<String, DataType> types = new LinkedHashMap<>();
        Arrays.stream(values()).forEach(value -> types.put(value.key, value.type));
        return types;
    }

    static Metadata ofKey(String key) {
        return Arrays.stream(values())
                .filter(value -> value.key.equals(key))
                .findFirst()
                .orElseThrow();
    }
}
