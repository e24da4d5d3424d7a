package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Failures;
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
    private final ShardReader.Opener opener;
    private final MetricGroup metrics;
    private final Map<String, ShardReader> shards = new HashMap<>();
    private final Set<String> paused = new HashSet<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();
    private final Set<String> released = new HashSet<>();
    private boolean woken;
    /** Whether a shard is due earlier than it was when one was chosen. */
    private boolean arrived;

    KinesisSplitReader(SourceConfig config, ShardReader.Opener opener, MetricGroup metrics) {
        this.config = config;
        this.opener = opener;
        this.metrics = metrics;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KinesisSplit> change) {
        for (KinesisSplit split : change.splits()) {
            ShardReader shard = opener.open(split, this::arrived);
            shards.put(split.shardId(), shard);
            metrics.addGroup("shardId", split.shardId()).gauge("millisBehindLatest", shard::millisBehind);
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
                if (takeWoken()) {
                    return ShardBatch.empty();
                }
                ShardReader next = shards.values().stream()
                        .filter(shard -> !paused.contains(shard.split().shardId()))
                        .min(Comparator.comparingLong(ShardReader::dueNanos))
                        .orElse(null);
                List<StreamRecord> records = waitUntil(next) ? read(next) : List.of();
                if (!records.isEmpty()) {
                    return ShardBatch.of(next.split().shardId(), records);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ShardBatch.empty();
        }
    }

    private List<StreamRecord> read(ShardReader shard) throws IOException, InterruptedException {
        // A split restored as drained has nothing to read, and only says so again.
        List<StreamRecord> records;
        try {
            records = shard.split().drained() ? List.of(ShardBatch.SHARD_END) : shard.next();
        } catch (IOException e) {
            Exception explained = Failures.explained(e, config.stream(), "stream.arn");
            if (explained instanceof RuntimeException end) {
                throw end;
            }
            throw new IOException(
                    "Shard " + shard.split().shardId() + " of " + config.stream() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
        if (!records.isEmpty()) {
            if (records.get(records.size() - 1) == ShardBatch.SHARD_END) {
                shards.remove(shard.split().shardId());
            } else {
                records.add(ShardBatch.BATCH_END);
            }
        }
        return records;
    }

    /** Waits until the shard is due, or for ever without one; false when woken, or another may be due by now. */
    private boolean waitUntil(ShardReader shard) throws InterruptedException {
        lock.lock();
        try {
            while (!woken && !arrived) {
                long wait = shard == null ? TimeUnit.MINUTES.toNanos(1) : shard.dueNanos() - System.nanoTime();
                if (wait <= 0) {
                    return true;
                }
                wakeUp.awaitNanos(wait);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether it was woken; whatever arrived until now is seen by who chooses a shard afterwards. */
    private boolean takeWoken() {
        lock.lock();
        try {
            boolean taken = woken;
            woken = false;
            arrived = false;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the shards be looked at anew; called from any thread. */
    private void arrived() {
        lock.lock();
        try {
            arrived = true;
            wakeUp.signalAll();
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
    public void close() {
        shards.values().forEach(ShardReader::close);
    }
}
