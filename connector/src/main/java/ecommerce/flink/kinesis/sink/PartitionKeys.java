package ecommerce.flink.kinesis.sink;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/** Gives each row the partition key that chooses its shard. */
public interface PartitionKeys extends Serializable {
    /** The most characters that Kinesis takes. */
    int MAX_CHARACTERS = 256;

    /**
     * The key of a row.
     *
     * @param subtask the writer's number
     */
    String key(RowData row, int subtask);

    /** Rows of one writer together. */
    static PartitionKeys fixed() {
        return (row, subtask) -> Integer.toString(subtask);
    }

    /** Rows spread over all shards. */
    static PartitionKeys random() {
        return (row, subtask) -> Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    /** Rows with equal values together: the columns' values with a delimiter between. */
    static PartitionKeys ofColumns(DataType rowType, List<String> columns, String delimiter) {
        RowType type = (RowType) rowType.getLogicalType();
        RowData.FieldGetter[] getters =
                columns.stream().map(column -> getter(type, column)).toArray(RowData.FieldGetter[]::new);
        return (row, subtask) -> {
            StringBuilder key = new StringBuilder();
            for (int i = 0; i < getters.length; i++) {
                key.append(i == 0 ? "" : delimiter).append(getters[i].getFieldOrNull(row));
            }
            return fitting(key);
        };
    }

    private static RowData.FieldGetter getter(RowType type, String column) {
        Set<LogicalTypeRoot> nested = EnumSet.of(
                LogicalTypeRoot.ARRAY,
                LogicalTypeRoot.MAP,
                LogicalTypeRoot.MULTISET,
                LogicalTypeRoot.ROW,
                LogicalTypeRoot.BINARY,
                LogicalTypeRoot.VARBINARY,
                LogicalTypeRoot.RAW);
        int position = type.getFieldIndex(column);
        LogicalType columnType = type.getTypeAt(position);
        if (nested.contains(columnType.getTypeRoot())) {
            throw new ValidationException("PARTITIONED BY " + column + ": a key cannot be made of " + columnType);
        }
        return RowData.createFieldGetter(columnType, position);
    }

    /** Kinesis wants 1 to 256 characters. */
    private static String fitting(StringBuilder key) {
        if (key.isEmpty()) {
            return "-";
        }
        int characters = key.codePointCount(0, key.length());
        return characters <= MAX_CHARACTERS
                ? key.toString()
                : key.substring(0, key.offsetByCodePoints(0, MAX_CHARACTERS));
    }
}
