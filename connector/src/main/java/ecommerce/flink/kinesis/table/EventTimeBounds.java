package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;

/**
 * How far a row's event time may be from its record's arrival. One from the future would move the watermark past every
 * open window, one from the past would be dropped as late without a word.
 *
 * @param column the watermark's column
 * @param maxAheadMillis how far it may be ahead of the arrival
 * @param maxBehindMillis how far it may be behind it
 */
record EventTimeBounds(String column, long maxAheadMillis, long maxBehindMillis) implements Serializable {

    /** The bounds of a table; empty without a watermark, which bounds need. */
    static Optional<EventTimeBounds> of(
            ResolvedSchema schema, Optional<Duration> maxAhead, Optional<Duration> maxBehind) {
        if (schema.getWatermarkSpecs().isEmpty()) {
            if (maxAhead.isPresent() || maxBehind.isPresent()) {
                ConfigOption<Duration> option =
                        maxAhead.isPresent() ? KinesisOptions.MAX_AHEAD : KinesisOptions.MAX_BEHIND;
                throw new ValidationException("Option '" + option.key() + "' needs a WATERMARK");
            }
            return Optional.empty();
        }
        return Optional.of(new EventTimeBounds(
                schema.getWatermarkSpecs().get(0).getRowtimeAttribute(),
                maxAhead.map(Duration::toMillis).orElse(Long.MAX_VALUE),
                maxBehind.map(Duration::toMillis).orElse(Long.MAX_VALUE)));
    }

    /**
     * Checks an event time in milliseconds.
     *
     * @throws IOException with the reason when it is out of the bounds
     */
    void check(long millis, StreamRecord record) throws IOException {
        long ahead = millis - record.arrivalMillis();
        if (ahead > maxAheadMillis) {
            throw outOfBounds(ahead, "ahead of", maxAheadMillis);
        }
        if (-ahead > maxBehindMillis) {
            throw outOfBounds(-ahead, "behind", maxBehindMillis);
        }
    }

    private IOException outOfBounds(long millis, String side, long bound) {
        return new IOException("column '" + column + "' is " + Duration.ofMillis(millis) + " " + side
                + " the record's arrival, more than " + Duration.ofMillis(bound));
    }
}
