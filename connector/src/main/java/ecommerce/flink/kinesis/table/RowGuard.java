package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import ecommerce.flink.kinesis.source.SourceConfig;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.WatermarkSpec;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Finds rows that a format lets pass and the table does not: NULL in a NOT NULL column, and event
 * times in the future, one of which would move the watermark past every open window.
 *
 * @param notNull positions of the NOT NULL columns among the physical ones
 * @param names the names of all physical columns
 * @param timeIndex position of the event time, or -1 where it is not bounded
 * @param timePrecision digits of its fraction
 * @param maxAheadMillis how far it may be ahead of the record's arrival
 */
record RowGuard(int[] notNull, String[] names, int timeIndex, int timePrecision, long maxAheadMillis)
        implements Serializable {

    /** The guard of a table with a dead-letter stream; null for others, whose format has the last word. */
    static RowGuard of(SourceConfig config, Optional<Duration> maxAhead, ResolvedSchema schema) {
        if (config.deadLetterStream() == null) {
            if (maxAhead.isPresent()) {
                throw new ValidationException("Option '" + KinesisOptions.MAX_AHEAD.key() + "' needs '"
                        + KinesisOptions.DEAD_LETTER_ARN.key() + "', the stream for what is too far ahead");
            }
            return null;
        }
        List<Column> columns = schema.getColumns().stream().filter(Column::isPhysical).toList();
        List<Integer> notNull = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).getDataType().getLogicalType().isNullable()) {
                notNull.add(i);
            }
        }
        String[] names = columns.stream().map(Column::getName).toArray(String[]::new);
        int[] positions = notNull.stream().mapToInt(Integer::intValue).toArray();
        if (maxAhead.isEmpty()) {
            return new RowGuard(positions, names, -1, 0, 0);
        }
        int time = eventTime(schema, names);
        LogicalType type = columns.get(time).getDataType().getLogicalType();
        return new RowGuard(
                positions, names, time, LogicalTypeChecks.getPrecision(type), maxAhead.get().toMillis());
    }

    private static int eventTime(ResolvedSchema schema, String[] names) {
        List<WatermarkSpec> watermarks = schema.getWatermarkSpecs();
        int index = watermarks.isEmpty()
                ? -1
                : List.of(names).indexOf(watermarks.get(0).getRowtimeAttribute());
        if (index < 0) {
            throw new ValidationException("Option '" + KinesisOptions.MAX_AHEAD.key()
                    + "' needs a WATERMARK on a physical column (not a computed one)");
        }
        return index;
    }

    /**
     * Checks a row of all physical columns.
     *
     * @throws IOException with the reason when the row may not pass
     */
    void check(RowData row, StreamRecord record) throws IOException {
        for (int position : notNull) {
            if (row.isNullAt(position)) {
                throw new IOException("column '" + names[position] + "' is NOT NULL and has no value");
            }
        }
        if (timeIndex >= 0 && !row.isNullAt(timeIndex)) {
            long ahead = row.getTimestamp(timeIndex, timePrecision).getMillisecond() - record.arrivalMillis();
            if (ahead > maxAheadMillis) {
                throw new IOException("column '" + names[timeIndex] + "' is " + Duration.ofMillis(ahead)
                        + " ahead of the record's arrival, more than " + Duration.ofMillis(maxAheadMillis));
            }
        }
    }
}
