package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.eventtime.WatermarksWithIdleness;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedWatermarkGeneratorSupplier.DefaultWatermarkGenerator;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.flink.util.clock.SystemClock;

/**
 * Finds rows whose event time is missing, out of bounds, or fails to be computed.
 *
 * <p>The watermark's column may be a computed one, which the planner computes behind the source. But the strategy that
 * it hands down holds the expressions of column and watermark over the source's own rows, and Flink 2.2's generator
 * shows the first: a second generator of the strategy is the guard's eye.
 */
final class EventTimeGuard implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What the generator says of a row without event time. */
    private static final long MISSING = Long.MIN_VALUE;

    private static final WatermarkOutput NOWHERE = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    };

    private final WatermarkStrategy<RowData> watermarks;
    private final EventTimeBounds bounds;
    private transient DefaultWatermarkGenerator generator;

    EventTimeGuard(WatermarkStrategy<RowData> watermarks, EventTimeBounds bounds) {
        this.watermarks = watermarks;
        this.bounds = bounds;
    }

    void open(MetricGroup metrics) {
        WatermarkGenerator<RowData> made =
                watermarks.createWatermarkGenerator(new WatermarkGeneratorSupplier.Context() {
                    @Override
                    public MetricGroup getMetricGroup() {
                        return metrics;
                    }

                    @Override
                    public RelativeClock getInputActivityClock() {
                        return SystemClock.getInstance();
                    }
                });
        generator = (DefaultWatermarkGenerator) withoutIdleness(made);
    }

    /** Flink has no other way to what it wraps for {@code scan.watermark.idle-timeout}. */
    private static Object withoutIdleness(WatermarkGenerator<RowData> generator) {
        if (!(generator instanceof WatermarksWithIdleness)) {
            return generator;
        }
        try {
            Field wrapped = WatermarksWithIdleness.class.getDeclaredField("watermarks");
            wrapped.setAccessible(true);
            return wrapped.get(generator);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the connector is built for Flink 2.2 and does not know this one", e);
        }
    }

    /**
     * Checks a row as the source hands it on.
     *
     * @throws IOException with the reason when the row may not pass
     */
    void check(RowData row, StreamRecord record) throws IOException {
        long time;
        try {
            time = generator.extractTimestamp(row);
            // The same would fail behind the source, where nobody knows the record.
            generator.onEvent(row, time, NOWHERE);
        } catch (RuntimeException e) {
            throw new IOException(
                    "column '" + bounds.column() + "', the event time, cannot be computed: " + Reasons.root(e));
        }
        if (time == MISSING) {
            throw new IOException("column '" + bounds.column() + "' has no value: it is the event time");
        }
        bounds.check(time, record);
    }
}
