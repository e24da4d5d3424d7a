package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Finds rows that a format lets pass and the table does not: NULL in a NOT NULL column or in the event time, and event
 * times far from the record's arrival. One from the future would move the watermark past every open window, one from
 * the past would be dropped as late without a word.
 *
 * @param required positions of the columns that must have a value
 * @param names the names of all columns of a row
 * @param timeIndex position of the event time, or -1 where it is not bounded
 * @param timePrecision digits of its fraction
 * @param maxAheadMillis how far it may be ahead of the record's arrival
 * @param maxBehindMillis how far it may be behind it
 */
record RowGuard(
        int[] required, String[] names, int timeIndex, int timePrecision, long maxAheadMillis, long maxBehindMillis)
        implements Serializable {

    /** The guard of a row with all physical columns. */
    static RowGuard of(ResolvedSchema schema, Optional<Duration> maxAhead, Optional<Duration> maxBehind) {
        List<Column> columns =
                schema.getColumns().stream().filter(Column::isPhysical).toList();
        String[] names = columns.stream().map(Column::getName).toArray(String[]::new);
        int time = schema.getWatermarkSpecs().isEmpty()
                ? -1
                : List.of(names).indexOf(schema.getWatermarkSpecs().get(0).getRowtimeAttribute());
        int[] required = IntStream.range(0, names.length)
                .filter(i -> i == time || !type(columns.get(i)).isNullable())
                .toArray();
        if (maxAhead.isEmpty() && maxBehind.isEmpty()) {
            return new RowGuard(required, names, -1, 0, 0, 0);
        }
        if (time < 0) {
            ConfigOption<Duration> option = maxAhead.isPresent() ? KinesisOptions.MAX_AHEAD : KinesisOptions.MAX_BEHIND;
            throw new ValidationException(
                    "Option '" + option.key() + "' needs a WATERMARK on a physical column (not a computed one)");
        }
        return new RowGuard(
                required,
                names,
                time,
                LogicalTypeChecks.getPrecision(type(columns.get(time))),
                maxAhead.map(Duration::toMillis).orElse(Long.MAX_VALUE),
                maxBehind.map(Duration::toMillis).orElse(Long.MAX_VALUE));
    }

    /** The guard of a row with some of the columns; without a bound of the event time. */
    RowGuard ofColumns(int[][] columns) {
        int[] needed = IntStream.range(0, columns.length)
                .filter(i -> Arrays.stream(required).anyMatch(position -> position == columns[i][0]))
                .toArray();
        String[] asked = Arrays.stream(columns).map(column -> names[column[0]]).toArray(String[]::new);
        return new RowGuard(needed, asked, -1, 0, 0, 0);
    }

    private static LogicalType type(Column column) {
        return column.getDataType().getLogicalType();
    }

    /**
     * Checks a row.
     *
     * @throws IOException with the reason when the row may not pass
     */
    void check(RowData row, StreamRecord record) throws IOException {
        for (int position : required) {
            if (row.isNullAt(position)) {
                throw new IOException(
                        "column '" + names[position] + "' has no value: it is NOT NULL, or the event time");
            }
        }
        if (timeIndex >= 0) {
            long ahead = row.getTimestamp(timeIndex, timePrecision).getMillisecond() - record.arrivalMillis();
            if (ahead > maxAheadMillis) {
                throw outOfBounds(ahead, "ahead of", maxAheadMillis);
            }
            if (-ahead > maxBehindMillis) {
                throw outOfBounds(-ahead, "behind", maxBehindMillis);
            }
        }
    }

    private IOException outOfBounds(long millis, String side, long bound) {
        return new IOException("column '" + names[timeIndex] + "' is " + Duration.ofMillis(millis) + " " + side
                + " the record's arrival, more than " + Duration.ofMillis(bound));
    }
}
