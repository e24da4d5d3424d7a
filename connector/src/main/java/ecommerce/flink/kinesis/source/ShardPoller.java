package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Backoff;
import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.ReadResult;
import ecommerce.flink.kinesis.api.ShardReads;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one shard: its iterator, its pace, its patience with failures. */
final class ShardPoller implements ShardReader {
    private static final Logger LOG = LoggerFactory.getLogger(ShardPoller.class);
    private final KinesisSplit split;
    private final SourceConfig config;
    private final ShardReads reads;
    private final ReadPacer pacer = new ReadPacer(new SplittableRandom());
    private final Backoff backoff = new Backoff();
    private final Patience patience;
    private final Turns turns = new Turns();
    /** Where the next iterator begins; a LATEST is opened as such only once. */
    private StartPosition position;

    private String iterator;
    private long dueNanos;
    private boolean renewed;
    private long millisBehind;

    ShardPoller(KinesisSplit split, SourceConfig config, ShardReads reads, long nowNanos) {
        this.split = split;
        this.config = config;
        this.reads = reads;
        this.patience = new Patience(split.shardId());
        this.position = split.position();
        this.dueNanos = nowNanos;
    }

    @Override
    public KinesisSplit split() {
        return split;
    }

    @Override
    public long dueNanos() {
        return turns.isEmpty() ? dueNanos : turns.takenNanos();
    }

    @Override
    public long millisBehind() {
        return millisBehind;
    }

    @Override
    public List<StreamRecord> next() throws IOException, InterruptedException {
        if (turns.isEmpty()) {
            turns.fill(read());
        }
        return turns.take();
    }

    @Override
    public void close() {}

    /**
     * Reads once and says when the next read is due.
     *
     * @return the records, with {@link ShardBatch#SHARD_END} last at the shard's end; empty after a failure that time
     *     may mend
     * @throws IOException when trying again does not help, or has not for {@link Patience#MOST}
     */
    List<StreamRecord> read() throws IOException, InterruptedException {
        long now = System.nanoTime();
        try {
            if (iterator == null) {
                iterator = reads.shardIterator(split.shardId(), position);
                position = split.position().equals(position) ? split.resumable() : position;
            }
            ReadResult result = reads.getRecords(iterator, config.maxRecords());
            succeeded(result, now);
            return result.records();
        } catch (KinesisException e) {
            if (iterator != null && (e.isExpiredIterator() || e.isInvalidArgument() && !renewed)) {
                LOG.info("Shard {}: a new iterator from {}", split.shardId(), position);
                iterator = null;
                renewed = e.isInvalidArgument();
                dueNanos = pacer.answered(now);
                return List.of();
            }
            return retryLater(e, e.isThrottled() ? pacer.retry() : backoff.next());
        } catch (IOException e) {
            return retryLater(e, backoff.next());
        }
    }

    private void succeeded(ReadResult result, long begunNanos) {
        List<StreamRecord> records = result.records();
        if (!records.isEmpty()) {
            position = StartPosition.after(records.get(records.size() - 1).sequenceNumber());
        }
        iterator = result.next();
        millisBehind = result.millisBehindLatest();
        backoff.reset();
        patience.answered();
        renewed = false;
        if (iterator == null) {
            records.add(ShardBatch.SHARD_END);
            return;
        }
        dueNanos = pacer.answered(begunNanos);
        if (!records.isEmpty()) {
            dueNanos = Math.max(dueNanos, begunNanos + config.nonEmptyInterval().toNanos());
        } else if (millisBehind == 0) {
            dueNanos = Math.max(dueNanos, begunNanos + config.emptyInterval().toNanos());
        }
    }

    private List<StreamRecord> retryLater(IOException failure, Duration wait) throws IOException {
        dueNanos = patience.retryNanos(failure, Failures.isTransient(failure), wait);
        return List.of();
    }
}
