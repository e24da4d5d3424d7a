package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.source.KinesisSource;
import ecommerce.flink.kinesis.source.SourceConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;

/** The planner's view of the source: takes columns, metadata and the watermark down into it. */
final class KinesisTableSource
        implements ScanTableSource, SupportsReadingMetadata, SupportsProjectionPushDown, SupportsWatermarkPushDown {
    private final SourceConfig config;
    private final DecodingFormat<DeserializationSchema<RowData>> format;
    private final DataType physicalType;
    private final RowGuard guard;
    /** Null without dead letters. */
    private final ComputedGuard computed;
    /** Null for a table without a watermark. */
    private final EventTimeBounds eventTime;

    private final String tableName;

    private int[][] columns;
    private List<Metadata> metadata = List.of();
    private DataType producedType;
    /** Null until the planner hands it down, which it does for every table with a watermark. */
    private WatermarkStrategy<RowData> watermarks;

    KinesisTableSource(
            SourceConfig config,
            DecodingFormat<DeserializationSchema<RowData>> format,
            DataType physicalType,
            RowGuard guard,
            ComputedGuard computed,
            EventTimeBounds eventTime,
            String tableName) {
        this.config = config;
        this.format = format;
        this.physicalType = physicalType;
        this.guard = guard;
        this.computed = computed;
        this.eventTime = eventTime;
        this.tableName = tableName;
        this.columns = Projection.all(physicalType).toNestedIndexes();
        this.producedType = physicalType;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return format.getChangelogMode();
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return Metadata.types();
    }

    @Override
    public void applyReadableMetadata(List<String> keys, DataType type) {
        metadata = keys.stream().map(Metadata::ofKey).toList();
        producedType = type;
    }

    @Override
    public boolean supportsNestedProjection() {
        return false;
    }

    @Override
    public void applyProjection(int[][] projected, DataType type) {
        columns = projected;
        producedType = type;
    }

    @Override
    public void applyWatermark(WatermarkStrategy<RowData> strategy) {
        watermarks = strategy;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        KinesisSource source = new KinesisSource(config, decoder(context), context.createTypeInformation(producedType));
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(
                    ProviderContext providerContext, StreamExecutionEnvironment environment) {
                // The strategy goes into the source: there each shard has a watermark of its own.
                DataStreamSource<RowData> stream = environment.fromSource(
                        source,
                        watermarks == null ? WatermarkStrategy.noWatermarks() : watermarks,
                        "Kinesis " + tableName);
                providerContext.generateUid("kinesis").ifPresent(stream::uid);
                return stream;
            }

            @Override
            public boolean isBounded() {
                return false;
            }
        };
    }

    private RowDecoder decoder(ScanContext context) {
        // For dead letters every column is decoded: whether a record is poison must not hang on the query.
        boolean formatProjects = config.deadLetterStream() == null && format instanceof ProjectableDecodingFormat;
        boolean allColumns =
                Arrays.deepEquals(columns, Projection.all(physicalType).toNestedIndexes());
        DeserializationSchema<RowData> schema = formatProjects
                ? ((ProjectableDecodingFormat<DeserializationSchema<RowData>>) format)
                        .createRuntimeDecoder(context, physicalType, columns)
                : format.createRuntimeDecoder(context, physicalType);
        RowData.FieldGetter[] fields =
                metadata.isEmpty() && (formatProjects || allColumns) ? null : getters(formatProjects);
        return new RowDecoder(
                schema,
                formatProjects ? guard.ofColumns(columns) : guard,
                computed,
                watermarks == null ? null : new EventTimeGuard(watermarks, eventTime),
                fields,
                metadata);
    }

    /** Reads the asked columns out of a row that has them alone, or all. */
    private RowData.FieldGetter[] getters(boolean projected) {
        List<LogicalType> types = physicalType.getLogicalType().getChildren();
        return IntStream.range(0, columns.length)
                .mapToObj(i -> RowData.createFieldGetter(types.get(columns[i][0]), projected ? i : columns[i][0]))
                .toArray(RowData.FieldGetter[]::new);
    }

    @Override
    public DynamicTableSource copy() {
        KinesisTableSource copy =
                new KinesisTableSource(config, format, physicalType, guard, computed, eventTime, tableName);
        copy.columns = columns;
        copy.metadata = metadata;
        copy.producedType = producedType;
        copy.watermarks = watermarks;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "Kinesis " + config.stream().name();
    }
}
