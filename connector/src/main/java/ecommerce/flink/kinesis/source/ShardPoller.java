package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Backoff;
import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.RecordCursor;
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
    /** Where the next iterator begins; a LATEST is opened as such only once. */
    private StartPosition position;

    private String iterator;
    private long dueNanos;
    private boolean renewed;
    private long millisBehind;
    /** What the last read brought, until all of it was handed on. */
    private RecordCursor answer;

    private long begunNanos;
    private long takenNanos;

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
        return answer == null ? dueNanos : takenNanos;
    }

    @Override
    public long millisBehind() {
        return millisBehind;
    }

    /** Reads, or hands on more of what the last read brought, and says when the next turn is due. */
    @Override
    public List<StreamRecord> next() throws IOException, InterruptedException {
        try {
            if (answer == null) {
                answer = read();
            }
            List<StreamRecord> records = answer.take(Turns.MOST);
            takenNanos = System.nanoTime();
            if (!records.isEmpty()) {
                position = StartPosition.after(records.get(records.size() - 1).sequenceNumber());
            }
            if (answer.isDone()) {
                finished(answer, records);
                answer = null;
            }
            return records;
        } catch (KinesisException e) {
            if (iterator != null && (e.isExpiredIterator() || e.isInvalidArgument() && !renewed)) {
                LOG.info("Shard {}: a new iterator from {}", split.shardId(), position);
                iterator = null;
                renewed = e.isInvalidArgument();
                dueNanos = pacer.answered(begunNanos);
                return List.of();
            }
            return retryLater(e, e.isThrottled() ? pacer.retry() : backoff.next());
        } catch (IOException e) {
            if (answer != null) {
                // The rest of it is not readable: it is asked for again, behind what was handed on.
                answer = null;
                iterator = null;
            }
            return retryLater(e, backoff.next());
        }
    }

    @Override
    public void close() {}

    private RecordCursor read() throws IOException, InterruptedException {
        begunNanos = System.nanoTime();
        if (iterator == null) {
            iterator = reads.shardIterator(split.shardId(), position);
            position = split.position().equals(position) ? split.resumable() : position;
        }
        return reads.getRecords(iterator, config.maxRecords());
    }

    /** Adds the end of the shard to its last records, or says when to read on. */
    private void finished(RecordCursor read, List<StreamRecord> records) {
        iterator = read.next();
        millisBehind = read.millisBehindLatest();
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
