package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.ShardReads;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.metrics.MetricGroup;

/** Reads several shards in one thread and in turns, the one that has waited longest first. */
final class KinesisSplitReader implements SplitReader<StreamRecord, KinesisSplit> {
    private final SourceConfig config;
    private final ShardReads reads;
    private final MetricGroup metrics;
    private final Map<String, ShardPoller> pollers = new HashMap<>();
    private final Set<String> paused = new HashSet<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();
    private final Set<String> released = new HashSet<>();
    private boolean woken;

    KinesisSplitReader(SourceConfig config, ShardReads reads, MetricGroup metrics) {
        this.config = config;
        this.reads = reads;
        this.metrics = metrics;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KinesisSplit> change) {
        for (KinesisSplit split : change.splits()) {
            ShardPoller poller = new ShardPoller(split, config, reads, System.nanoTime());
            pollers.put(split.shardId(), poller);
            metrics.addGroup("shardId", split.shardId()).gauge("millisBehindLatest", poller::millisBehind);
        }
    }

    @Override
    public RecordsWithSplitIds<StreamRecord> fetch() throws IOException {
        try {
            while (true) {
                Set<String> finished = takeReleased();
                if (!finished.isEmpty()) {
                    return ShardBatch.finished(finished);
                }
                ShardPoller next = pollers.values().stream()
                        .filter(poller -> !paused.contains(poller.split().shardId()))
                        .min(Comparator.comparingLong(ShardPoller::dueNanos))
                        .orElse(null);
                if (!waitUntil(next)) {
                    return ShardBatch.empty();
                }
                List<StreamRecord> records = read(next);
                if (!records.isEmpty()) {
                    return ShardBatch.of(next.split().shardId(), records);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ShardBatch.empty();
        }
    }

    private List<StreamRecord> read(ShardPoller poller) throws IOException, InterruptedException {
        // A split restored as drained has nothing to read, and only says so again.
        List<StreamRecord> records;
        try {
            records = poller.split().drained() ? List.of(ShardBatch.SHARD_END) : poller.next();
        } catch (IOException e) {
            Exception explained = Failures.explained(e, config.stream(), "stream.arn");
            if (explained instanceof RuntimeException end) {
                throw end;
            }
            throw new IOException(
                    "Shard " + poller.split().shardId() + " of " + config.stream() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
        if (!records.isEmpty()) {
            if (records.get(records.size() - 1) == ShardBatch.SHARD_END) {
                pollers.remove(poller.split().shardId());
            } else {
                records.add(ShardBatch.BATCH_END);
            }
        }
        return records;
    }

    /** Waits until the poller is due, or for ever without one; false when woken before. */
    private boolean waitUntil(ShardPoller poller) throws InterruptedException {
        lock.lock();
        try {
            while (!woken) {
                long wait = poller == null ? TimeUnit.MINUTES.toNanos(1) : poller.dueNanos() - System.nanoTime();
                if (wait <= 0) {
                    return true;
                }
                wakeUp.awaitNanos(wait);
            }
            woken = false;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private Set<String> takeReleased() {
        lock.lock();
        try {
            Set<String> taken = Set.copyOf(released);
            released.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a drained split; called by the task's thread. */
    void release(String shardId) {
        lock.lock();
        try {
            released.add(shardId);
        } finally {
            lock.unlock();
        }
        wakeUp();
    }

    @Override
    public void wakeUp() {
        lock.lock();
        try {
            woken = true;
            wakeUp.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void pauseOrResumeSplits(Collection<KinesisSplit> toPause, Collection<KinesisSplit> toResume) {
        toPause.forEach(split -> paused.add(split.shardId()));
        toResume.forEach(split -> paused.remove(split.shardId()));
    }

    @Override
    public void close() {}
}
