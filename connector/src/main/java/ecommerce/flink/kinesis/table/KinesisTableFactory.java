package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.sink.PartitionKeys;
import ecommerce.flink.kinesis.sink.SinkConfig;
import ecommerce.flink.kinesis.source.SourceConfig;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/** {@code 'connector' = 'kinesis'}: reads a table's options and makes its source or sink. */
public final class KinesisTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    @Override
    public String factoryIdentifier() {
        return "kinesis";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return KinesisOptions.REQUIRED;
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return KinesisOptions.OPTIONAL;
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validateExcept(KinesisOptions.NESTED_CREDENTIALS, KinesisOptions.LEGACY_SINK);
        OptionReader reader =
                new OptionReader(helper.getOptions(), context.getCatalogTable().getOptions());
        SourceConfig config = reader.source();
        ResolvedSchema schema = context.getCatalogTable().getResolvedSchema();
        EventTimeBounds eventTime = EventTimeBounds.of(
                        schema,
                        reader.eventTimeBound(KinesisOptions.MAX_AHEAD),
                        reader.eventTimeBound(KinesisOptions.MAX_BEHIND))
                .orElse(null);
        ComputedGuard computed = config.deadLetterStream() == null
                ? null
                : ComputedGuard.of(
                        schema,
                        eventTime == null ? null : eventTime.column(),
                        context.getConfiguration(),
                        context.getClassLoader());
        return new KinesisTableSource(
                config,
                format,
                context.getPhysicalRowDataType(),
                RowGuard.of(schema),
                computed,
                eventTime,
                context.getObjectIdentifier().asSummaryString());
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        EncodingFormat<SerializationSchema<RowData>> format =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validateExcept(KinesisOptions.NESTED_CREDENTIALS, KinesisOptions.LEGACY_SINK);
        ReadableConfig options = helper.getOptions();
        DataType rowType = context.getPhysicalRowDataType();
        SinkConfig config = new OptionReader(options, context.getCatalogTable().getOptions()).sink();
        List<String> columns = context.getCatalogTable().getPartitionKeys();
        return new KinesisTableSink(
                config,
                format,
                rowType,
                partitionKeys(options, rowType, columns),
                options.getOptional(FactoryUtil.SINK_PARALLELISM).orElse(null));
    }

    private static PartitionKeys partitionKeys(ReadableConfig options, DataType rowType, List<String> columns) {
        String partitioner = options.getOptional(KinesisOptions.PARTITIONER).orElse(null);
        if (!columns.isEmpty()) {
            if (partitioner != null) {
                throw new ValidationException("Option 'sink.partitioner' = '" + partitioner
                        + "' cannot be given for a table that is PARTITIONED BY " + columns);
            }
            return PartitionKeys.ofColumns(rowType, columns, options.get(KinesisOptions.DELIMITER));
        }
        return switch (partitioner == null ? "random" : partitioner) {
            case "random" -> PartitionKeys.random();
            case "fixed" -> PartitionKeys.fixed();
            default ->
                throw new ValidationException("Option 'sink.partitioner': '" + partitioner
                        + "' is neither 'fixed' nor 'random'; classes of one's own are not supported");
        };
    }
}
