package ecommerce.flink.kinesis.table;

import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkAlignmentParams;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.table.data.RowData;

/**
 * A table's watermarks, told after so many records too and not by the clock alone.
 *
 * <p>A backlog brings a minute of event time between two ticks of the clock: the windows behind the source would keep
 * all of it open, a timer for each key. Flink's own assigner of watermarks, which a source without push-down has, tells
 * them by the progress of event time as well.
 */
final class PromptWatermarks implements WatermarkStrategy<RowData> {
    private static final long serialVersionUID = 1L;

    /** So many records of a shard, and its watermark is told. */
    static final int RECORDS = 100;

    private final WatermarkStrategy<RowData> strategy;

    PromptWatermarks(WatermarkStrategy<RowData> strategy) {
        this.strategy = strategy;
    }

    @Override
    public WatermarkGenerator<RowData> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        WatermarkGenerator<RowData> generator = strategy.createWatermarkGenerator(context);
        return new WatermarkGenerator<>() {
            private int untold;

            @Override
            public void onEvent(RowData row, long timestamp, WatermarkOutput output) {
                generator.onEvent(row, timestamp, output);
                if (++untold == RECORDS) {
                    onPeriodicEmit(output);
                }
            }

            @Override
            public void onPeriodicEmit(WatermarkOutput output) {
                untold = 0;
                generator.onPeriodicEmit(output);
            }
        };
    }

    @Override
    public TimestampAssigner<RowData> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return strategy.createTimestampAssigner(context);
    }

    @Override
    public WatermarkAlignmentParams getAlignmentParameters() {
        return strategy.getAlignmentParameters();
    }
}
