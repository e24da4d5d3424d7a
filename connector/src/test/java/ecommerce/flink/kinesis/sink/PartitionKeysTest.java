package ecommerce.flink.kinesis.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class PartitionKeysTest {
    private static final DataType TYPE = DataTypes.ROW(
            DataTypes.FIELD("id", DataTypes.BIGINT()),
            DataTypes.FIELD("name", DataTypes.STRING()),
            DataTypes.FIELD("at", DataTypes.TIMESTAMP(3)));

    private static RowData row(Long id, String name) {
        return GenericRowData.of(id, StringData.fromString(name), TimestampData.fromEpochMillis(1_569_888_000_000L));
    }

    @Test
    void columnsAreJoinedInTheirOrder() {
        PartitionKeys keys = PartitionKeys.ofColumns(TYPE, List.of("at", "id", "name"), "|");
        assertEquals("2019-10-01T00:00|7|a", keys.key(row(7L, "a"), 0));
        assertEquals("2019-10-01T00:00|null|a", keys.key(row(null, "a"), 0));
    }

    @Test
    void aKeyHasOneTo256Characters() {
        PartitionKeys keys = PartitionKeys.ofColumns(TYPE, List.of("name"), "");
        assertEquals("-", keys.key(row(1L, ""), 0));
        String wide = "𝕏".repeat(300);
        assertEquals("𝕏".repeat(256), keys.key(row(1L, wide), 0));
    }

    @Test
    void fixedIsTheWriterAndRandomIsNot() {
        assertEquals("3", PartitionKeys.fixed().key(row(1L, ""), 3));
        assertNotEquals(
                PartitionKeys.random().key(row(1L, ""), 3),
                PartitionKeys.random().key(row(1L, ""), 3));
    }
}
