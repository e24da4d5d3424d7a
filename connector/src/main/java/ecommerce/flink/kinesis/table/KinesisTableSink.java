package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.sink.KinesisSink;
import ecommerce.flink.kinesis.sink.PartitionKeys;
import ecommerce.flink.kinesis.sink.RowConverter;
import ecommerce.flink.kinesis.sink.SinkConfig;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsPartitioning;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** The planner's view of the sink. */
final class KinesisTableSink implements DynamicTableSink, SupportsPartitioning {
    private final SinkConfig config;
    private final EncodingFormat<SerializationSchema<RowData>> format;
    private final DataType physicalType;
    private final PartitionKeys keys;
    /** Null for the job's own. */
    private final Integer parallelism;

    KinesisTableSink(
            SinkConfig config,
            EncodingFormat<SerializationSchema<RowData>> format,
            DataType physicalType,
            PartitionKeys keys,
            Integer parallelism) {
        this.config = config;
        this.format = format;
        this.physicalType = physicalType;
        this.keys = keys;
        this.parallelism = parallelism;
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        return format.getChangelogMode();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        RowConverter converter = new RowConverter(format.createRuntimeEncoder(context, physicalType), keys);
        return SinkV2Provider.of(new KinesisSink(config, converter), parallelism);
    }

    @Override
    public void applyStaticPartition(Map<String, String> partition) {
        // The rows carry a static partition's values as columns: the key is made of them.
    }

    @Override
    public DynamicTableSink copy() {
        return new KinesisTableSink(config, format, physicalType, keys, parallelism);
    }

    @Override
    public String asSummaryString() {
        return "Kinesis " + config.stream().name();
    }
}
