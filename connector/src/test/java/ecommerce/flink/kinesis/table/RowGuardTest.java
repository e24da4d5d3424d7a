package ecommerce.flink.kinesis.table;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.WatermarkSpec;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.junit.jupiter.api.Test;

class RowGuardTest {
    private static final long ARRIVAL = 1_569_888_000_000L;
    private static final StreamRecord RECORD = new StreamRecord(new byte[0], "1", ARRIVAL);
    private static final Optional<Duration> MINUTE = Optional.of(Duration.ofMinutes(1));

    private static ResolvedSchema schema(boolean watermark) {
        List<Column> columns = List.of(
                Column.physical("brand", DataTypes.STRING()),
                Column.physical("user_id", DataTypes.BIGINT().notNull()),
                Column.physical("at", DataTypes.TIMESTAMP(3)));
        CallExpression expression = CallExpression.permanent(
                BuiltInFunctionDefinitions.MINUS, List.of(new ValueLiteralExpression(1)), DataTypes.TIMESTAMP(3));
        return new ResolvedSchema(
                columns, watermark ? List.of(WatermarkSpec.of("at", expression)) : List.of(), null, List.of());
    }

    private static GenericRowData row(Long user, Long at) {
        return GenericRowData.of(
                StringData.fromString("b"), user, at == null ? null : TimestampData.fromEpochMillis(at));
    }

    private static String refusal(RowGuard guard, GenericRowData row) {
        return assertThrows(IOException.class, () -> guard.check(row, RECORD)).getMessage();
    }

    @Test
    void aMissingValueIsNamed() {
        RowGuard guard = RowGuard.of(schema(true), Optional.empty(), Optional.empty());
        assertEquals(
                "column 'user_id' has no value: it is NOT NULL, or the event time", refusal(guard, row(null, ARRIVAL)));
        assertEquals("column 'at' has no value: it is NOT NULL, or the event time", refusal(guard, row(7L, null)));
        assertDoesNotThrow(() -> guard.check(row(7L, 0L), RECORD));
    }

    @Test
    void aTimeThatIsNobodysWatermarkMayBeMissing() {
        RowGuard guard = RowGuard.of(schema(false), Optional.empty(), Optional.empty());
        assertDoesNotThrow(() -> guard.check(row(7L, null), RECORD));
    }

    @Test
    void eachBoundHoldsOnItsSideAlone() {
        RowGuard ahead = RowGuard.of(schema(true), MINUTE, Optional.empty());
        assertEquals(
                "column 'at' is PT1M0.001S ahead of the record's arrival, more than PT1M",
                refusal(ahead, row(7L, ARRIVAL + 60_001)));
        assertDoesNotThrow(() -> ahead.check(row(7L, ARRIVAL + 60_000), RECORD));
        assertDoesNotThrow(() -> ahead.check(row(7L, 0L), RECORD));
        RowGuard behind = RowGuard.of(schema(true), Optional.empty(), MINUTE);
        assertEquals(
                "column 'at' is PT1M0.001S behind the record's arrival, more than PT1M",
                refusal(behind, row(7L, ARRIVAL - 60_001)));
        assertDoesNotThrow(() -> behind.check(row(7L, ARRIVAL - 60_000), RECORD));
        assertDoesNotThrow(() -> behind.check(row(7L, 2 * ARRIVAL), RECORD));
    }

    @Test
    void aProjectedRowIsCheckedInItsOwnOrder() {
        RowGuard guard =
                RowGuard.of(schema(true), Optional.empty(), Optional.empty()).ofColumns(new int[][] {{2}, {0}});
        TimestampData at = TimestampData.fromEpochMillis(ARRIVAL);
        assertDoesNotThrow(() -> guard.check(GenericRowData.of(at, null), RECORD));
        assertEquals(
                "column 'at' has no value: it is NOT NULL, or the event time",
                refusal(guard, GenericRowData.of(null, null)));
    }

    @Test
    void aBoundNeedsAWatermark() {
        assertThrows(ValidationException.class, () -> RowGuard.of(schema(false), Optional.empty(), MINUTE));
    }
}
