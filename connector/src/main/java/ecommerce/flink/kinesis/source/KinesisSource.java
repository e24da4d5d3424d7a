package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Kinesis;
import ecommerce.flink.kinesis.api.Startup;
import ecommerce.flink.kinesis.api.StreamArn;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.watermark.WatermarkDeclaration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.UserCodeClassLoader;

/** Reads a Kinesis stream for ever: one split a shard. */
public final class KinesisSource
        implements Source<RowData, KinesisSplit, EnumeratorState>,
                ResultTypeQueryable<RowData>,
                SupportsSplitReassignmentOnRecovery {
    private static final long serialVersionUID = 1L;

    private final SourceConfig config;
    private final RecordDecoder decoder;
    private final TypeInformation<RowData> produced;

    public KinesisSource(SourceConfig config, RecordDecoder decoder, TypeInformation<RowData> produced) {
        this.config = config;
        this.decoder = decoder;
        this.produced = produced;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<KinesisSplit, EnumeratorState> createEnumerator(
            SplitEnumeratorContext<KinesisSplit> context) {
        return restoreEnumerator(context, EnumeratorState.FRESH);
    }

    @Override
    public SplitEnumerator<KinesisSplit, EnumeratorState> restoreEnumerator(
            SplitEnumeratorContext<KinesisSplit> context, EnumeratorState state) {
        Kinesis kinesis = new Kinesis(config.stream(), config.aws());
        KinesisEnumerator.Upkeep upkeep =
                config.fanOut() == null ? KinesisEnumerator.Upkeep.NONE : new Consumer(config);
        return new KinesisEnumerator(context, config, kinesis::listShards, this::checkDeadLetters, upkeep, state);
    }

    @Override
    public Set<? extends WatermarkDeclaration> declareWatermarks() {
        return ReadMarker.declarations();
    }

    private void checkDeadLetters() throws Exception {
        StreamArn stream = config.deadLetterStream();
        if (stream != null) {
            Kinesis kinesis = new Kinesis(stream, config.aws());
            Startup.checkWritable(kinesis::listShards, stream, config.aws(), DeadLetters.OPTION);
        }
    }

    @Override
    public SourceReader<RowData, KinesisSplit> createReader(SourceReaderContext context) throws Exception {
        decoder.open(openContext(context));
        KinesisSplitReader splitReader = new KinesisSplitReader(
                config, shardReader(), context.metricGroup().addGroup("kinesis"));
        StreamArn deadLetterStream = config.deadLetterStream();
        DeadLetters deadLetters = deadLetterStream == null
                ? null
                : new DeadLetters(deadLetterStream, new Kinesis(deadLetterStream, config.aws()), DeadLetters.PATIENCE);
        return new KinesisSourceReader(
                splitReader, new KinesisRecordEmitter(config.stream(), decoder, context, deadLetters), context);
    }

    private ShardReader.Opener shardReader() {
        if (config.fanOut() == null) {
            Kinesis kinesis = new Kinesis(config.stream(), config.aws());
            return (split, arrived) -> new ShardPoller(split, config, kinesis, System.nanoTime());
        }
        Consumer consumer = new Consumer(config);
        return (split, arrived) ->
                new ShardSubscriber(split, consumer, config.fanOut().silence(), arrived);
    }

    private static DeserializationSchema.InitializationContext openContext(SourceReaderContext context) {
        return new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return context.metricGroup().addGroup("deserializer");
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                return context.getUserCodeClassLoader();
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<KinesisSplit> getSplitSerializer() {
        return KinesisSplitSerializer.INSTANCE;
    }

    @Override
    public SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
        return EnumeratorStateSerializer.INSTANCE;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }
}
