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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one shard: its iterator, its pace, its patience with failures. */
final class ShardPoller {
    private static final Logger LOG = LoggerFactory.getLogger(ShardPoller.class);
    /** After so long without one answer the job fails, so that somebody hears of it. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** So many records are handed on before the other shards have their turn. */
    static final int TURN = 500;

    private final KinesisSplit split;
    private final SourceConfig config;
    private final ShardReads reads;
    private final ReadPacer pacer = new ReadPacer(new SplittableRandom());
    private final Backoff backoff = new Backoff();
    /** Where the next iterator begins; a LATEST is opened as such only once. */
    private StartPosition position;

    private String iterator;
    private long dueNanos;
    private long failingSinceNanos;
    private boolean failing;
    private boolean renewed;
    private long millisBehind;
    /** What the last read brought, how much of it was handed on, and when last. */
    private List<StreamRecord> batch = List.of();

    private int taken;
    private long takenNanos;

    ShardPoller(KinesisSplit split, SourceConfig config, ShardReads reads, long nowNanos) {
        this.split = split;
        this.config = config;
        this.reads = reads;
        this.position = split.position();
        this.dueNanos = nowNanos;
    }

    KinesisSplit split() {
        return split;
    }

    /** When its next turn may be; in the past, how long it has waited for it. */
    long dueNanos() {
        return taken < batch.size() ? takenNanos : dueNanos;
    }

    long millisBehind() {
        return millisBehind;
    }

    /**
     * Hands on some records, and reads where none are left. In turns, because shards that wait while ten thousand
     * records of another are worked on would look idle to the watermark.
     *
     * @return as {@link #read()}, at most {@link #TURN}
     */
    List<StreamRecord> next() throws IOException, InterruptedException {
        if (taken == batch.size()) {
            batch = read();
            taken = 0;
        }
        int end = Math.min(taken + TURN, batch.size());
        List<StreamRecord> turn = new ArrayList<>(batch.subList(taken, end));
        taken = end;
        takenNanos = System.nanoTime();
        return turn;
    }

    /**
     * Reads once and says when the next read is due.
     *
     * @return the records, with {@link ShardBatch#SHARD_END} last at the shard's end; empty after a failure that time
     *     may mend
     * @throws IOException when trying again does not help, or has not for {@link #PATIENCE}
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
        iterator = result.nextIterator();
        millisBehind = result.millisBehindLatest();
        backoff.reset();
        failing = false;
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
        long now = System.nanoTime();
        if (!failing) {
            failing = true;
            failingSinceNanos = now;
        }
        if (!Failures.isTransient(failure) || now - failingSinceNanos > PATIENCE.toNanos()) {
            throw failure;
        }
        LOG.warn("Shard {}: {}; again in {} ms", split.shardId(), failure.toString(), wait.toMillis());
        dueNanos = now + wait.toNanos();
        return List.of();
    }
}
