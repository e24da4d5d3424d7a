package ecommerce.flink.kinesis.table;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.WatermarkSpec;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.runtime.generated.GeneratedWatermarkGenerator;
import org.apache.flink.table.runtime.generated.GeneratedWatermarkGeneratorSupplier;
import org.apache.flink.table.watermark.WatermarkEmitStrategy;
import org.apache.flink.table.watermark.WatermarkParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static String refusal(RowGuard guard, GenericRowData row) {
        return assertThrows(IOException.class, () -> guard.check(row)).getMessage();
    }

    @Test
    void aMissingValueIsNamed() {
        RowGuard guard = RowGuard.of(schema(true));
        assertEquals(
                "column 'user_id' has no value: it is NOT NULL", refusal(guard, GenericRowData.of(null, null, null)));
        assertDoesNotThrow(() -> guard.check(GenericRowData.of(null, 7L, null)));
    }

    @Test
    void aProjectedRowIsCheckedInItsOwnOrder() {
        RowGuard guard = RowGuard.of(schema(true)).ofColumns(new int[][] {{1}, {0}});
        assertDoesNotThrow(() -> guard.check(GenericRowData.of(7L, null)));
        assertEquals(
                "column 'user_id' has no value: it is NOT NULL",
                refusal(guard, GenericRowData.of(null, StringData.fromString("b"))));
    }

    /** What the planner makes of a column of epoch milliseconds: negative ones fail, as an expression may. */
    private static final String GENERATED = """
            public class Generated extends org.apache.flink.table.runtime.generated.WatermarkGenerator {
                public Generated(Object[] references) {}
                public long extractTimestamp(org.apache.flink.table.data.RowData row) {
                    if (row.isNullAt(0)) {
                        return Long.MIN_VALUE;
                    }
                    if (row.getLong(0) == -1) {
                        throw new ArithmeticException("no such time");
                    }
                    return row.getLong(0);
                }
                public Long currentWatermark(org.apache.flink.table.data.RowData row) {
                    if (!row.isNullAt(0) && row.getLong(0) == -2) {
                        throw new NumberFormatException();
                    }
                    return row.isNullAt(0) ? null : Long.valueOf(row.getLong(0));
                }
            }
            """;

    private static EventTimeGuard guard(boolean idle, Optional<Duration> maxAhead, Optional<Duration> maxBehind) {
        WatermarkStrategy<RowData> strategy = WatermarkStrategy.forGenerator(new GeneratedWatermarkGeneratorSupplier(
                new GeneratedWatermarkGenerator("Generated", GENERATED, new Object[0]),
                WatermarkParams.builder()
                        .emitStrategy(WatermarkEmitStrategy.ON_PERIODIC)
                        .build()));
        strategy = strategy.withWatermarkAlignment("g", Duration.ofSeconds(1), Duration.ofSeconds(1));
        EventTimeGuard guard = new EventTimeGuard(
                idle ? strategy.withIdleness(Duration.ofSeconds(1)) : strategy,
                EventTimeBounds.of(schema(true), maxAhead, maxBehind).orElseThrow());
        guard.open(UnregisteredMetricsGroup.createSourceReaderMetricGroup());
        return guard;
    }

    private static String refusal(EventTimeGuard guard, Long time) {
        return assertThrows(IOException.class, () -> guard.check(GenericRowData.of(time), RECORD))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEventTimeThatIsMissingOrFailsIsNamed(boolean idle) {
        EventTimeGuard guard = guard(idle, Optional.empty(), Optional.empty());
        assertEquals("column 'at' has no value: it is the event time", refusal(guard, null));
        assertEquals("column 'at', the event time, cannot be computed: no such time", refusal(guard, -1L));
        assertEquals("column 'at', the event time, cannot be computed: NumberFormatException", refusal(guard, -2L));
        assertDoesNotThrow(() -> guard.check(GenericRowData.of(0L), RECORD));
    }

    @Test
    void eachBoundHoldsOnItsSideAlone() {
        EventTimeGuard ahead = guard(false, MINUTE, Optional.empty());
        assertEquals(
                "column 'at' is PT1M0.001S ahead of the record's arrival, more than PT1M",
                refusal(ahead, ARRIVAL + 60_001));
        assertDoesNotThrow(() -> ahead.check(GenericRowData.of(ARRIVAL + 60_000), RECORD));
        assertDoesNotThrow(() -> ahead.check(GenericRowData.of(0L), RECORD));
        EventTimeGuard behind = guard(false, Optional.empty(), MINUTE);
        assertEquals(
                "column 'at' is PT1M0.001S behind the record's arrival, more than PT1M",
                refusal(behind, ARRIVAL - 60_001));
        assertDoesNotThrow(() -> behind.check(GenericRowData.of(ARRIVAL - 60_000), RECORD));
        assertDoesNotThrow(() -> behind.check(GenericRowData.of(2 * ARRIVAL), RECORD));
    }

    @Test
    void aBoundNeedsAWatermark() {
        assertEquals(Optional.empty(), EventTimeBounds.of(schema(false), Optional.empty(), Optional.empty()));
        assertThrows(ValidationException.class, () -> EventTimeBounds.of(schema(false), Optional.empty(), MINUTE));
    }
}
