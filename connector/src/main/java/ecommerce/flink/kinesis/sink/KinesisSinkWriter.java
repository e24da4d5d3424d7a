package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.Backoff;
import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.PutResult;
import ecommerce.flink.kinesis.api.RecordPuts;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends batches; what was not taken, and only that, comes again after a pause. */
final class KinesisSinkWriter extends AsyncSinkWriter<RowData, PutEntry> {
    private static final Logger LOG = LoggerFactory.getLogger(KinesisSinkWriter.class);

    private final SinkConfig config;
    private final RecordPuts puts;
    private final Counter errors;
    /** One for all requests: a stream that throttles one throttles all. */
    private final Backoff backoff = new Backoff();

    KinesisSinkWriter(
            ElementConverter<RowData, PutEntry> converter,
            WriterInitContext context,
            SinkConfig config,
            RecordPuts puts,
            Collection<BufferedRequestState<PutEntry>> state) {
        super(
                converter,
                context,
                AsyncSinkWriterConfiguration.builder()
                        .setMaxBatchSize(config.batchRecords())
                        .setMaxBatchSizeInBytes(config.batchBytes())
                        .setMaxInFlightRequests(config.requestsInFlight())
                        .setMaxBufferedRequests(config.bufferedRecords())
                        .setMaxTimeInBufferMS(config.bufferMillis())
                        .setMaxRecordSizeInBytes(Math.min(SinkConfig.MAX_RECORD_BYTES, config.batchBytes()))
                        .build(),
                state,
                new SimpleBatchCreator<>(config.batchBytes()),
                new DequeRequestBuffer<>());
        this.config = config;
        this.puts = puts;
        this.errors = context.metricGroup().getNumRecordsOutErrorsCounter();
    }

    @Override
    protected void submitRequestEntries(List<PutEntry> entries, ResultHandler<PutEntry> handler) {
        puts.putRecords(entries).whenComplete((result, failure) -> {
            if (failure != null) {
                failed(entries, failure instanceof CompletionException ? failure.getCause() : failure, handler);
            } else if (result.rejected().isEmpty()) {
                resetBackoff();
                handler.complete();
            } else {
                rejected(entries, result, handler);
            }
        });
    }

    private void rejected(List<PutEntry> entries, PutResult result, ResultHandler<PutEntry> handler) {
        again(
                result.rejected().stream().map(entries::get).toList(),
                new IOException(result.rejected().size() + " of " + entries.size() + " records of a batch were not"
                        + " taken by " + config.stream() + ", the first with " + result.reason()),
                handler);
    }

    private void failed(List<PutEntry> entries, Throwable failure, ResultHandler<PutEntry> handler) {
        if (!(failure instanceof IOException refused)) {
            handler.completeExceptionally(new IllegalStateException("PutRecords failed", failure));
        } else if (!Failures.isTransient(refused)) {
            handler.completeExceptionally(Failures.explained(refused, config.stream(), "stream.arn"));
        } else {
            again(entries, refused, handler);
        }
    }

    private void again(List<PutEntry> entries, IOException reason, ResultHandler<PutEntry> handler) {
        errors.inc(entries.size());
        if (config.failOnError()) {
            handler.completeExceptionally(
                    new IOException("Option 'sink.fail-on-error' = 'true': " + reason.getMessage(), reason));
            return;
        }
        long wait = nextWait();
        LOG.warn("{}; again in {} ms", reason.toString(), wait);
        CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS).execute(() -> handler.retryForEntries(entries));
    }

    private synchronized long nextWait() {
        return backoff.next().toMillis();
    }

    private synchronized void resetBackoff() {
        backoff.reset();
    }

    @Override
    protected long getSizeInBytes(PutEntry entry) {
        long bytes = entry.data().length + (long) entry.partitionKey().length();
        if (bytes > SinkConfig.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("A record of " + bytes + " bytes for " + config.stream()
                    + " is larger than the " + SinkConfig.MAX_RECORD_BYTES + " that Kinesis takes");
        }
        // Flink allows no record above a batch's size: such a one counts as a full batch and goes alone.
        return Math.min(bytes, config.batchBytes());
    }
}
