package ecommerce.flink.kinesis.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class PromptWatermarksTest {
    private static final WatermarkStrategy<RowData> STRATEGY =
            WatermarkStrategy.forBoundedOutOfOrderness(Duration.ofMillis(10));

    private final ManualClock clock = new ManualClock(1);
    private final List<Long> told = new ArrayList<>();
    private final WatermarkOutput output = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
            told.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
            told.add(null);
        }

        @Override
        public void markActive() {}
    };

    private WatermarkGenerator<RowData> generator(WatermarkStrategy<RowData> strategy) {
        return new PromptWatermarks(strategy).createWatermarkGenerator(new WatermarkGeneratorSupplier.Context() {
            @Override
            public MetricGroup getMetricGroup() {
                return UnregisteredMetricsGroup.createOperatorMetricGroup();
            }

            @Override
            public RelativeClock getInputActivityClock() {
                return clock;
            }
        });
    }

    @Test
    void aWatermarkIsToldAfterSoManyRecordsAndCountedAnewAfterATickOfTheClock() {
        WatermarkGenerator<RowData> generator = generator(STRATEGY);
        int records = PromptWatermarks.RECORDS;
        for (int time = 1; time <= 2 * records; time++) {
            generator.onEvent(null, time, output);
        }
        assertEquals(List.of(records - 11L, 2 * records - 11L), told);
        for (int time = 1; time < records; time++) {
            generator.onEvent(null, 2 * records + time, output);
        }
        generator.onPeriodicEmit(output);
        generator.onEvent(null, 3 * records, output);
        assertEquals(List.of(records - 11L, 2 * records - 11L, 3 * records - 12L), told);
    }

    @Test
    void aShardThatIsSilentIsStillMarkedIdleAndNotBefore() {
        WatermarkGenerator<RowData> generator = generator(STRATEGY.withIdleness(Duration.ofSeconds(5)));
        for (int time = 1; time <= PromptWatermarks.RECORDS; time++) {
            generator.onEvent(null, time, output);
        }
        assertEquals(List.of(PromptWatermarks.RECORDS - 11L), told);
        told.clear();
        generator.onPeriodicEmit(output);
        clock.advanceTime(Duration.ofSeconds(6));
        generator.onPeriodicEmit(output);
        assertEquals(null, told.get(told.size() - 1));
    }

    @Test
    void theAlignmentOfTheTableIsKept() {
        WatermarkStrategy<RowData> aligned = STRATEGY.withWatermarkAlignment("g", Duration.ofSeconds(3));
        assertEquals("g", new PromptWatermarks(aligned).getAlignmentParameters().getWatermarkGroup());
    }
}
