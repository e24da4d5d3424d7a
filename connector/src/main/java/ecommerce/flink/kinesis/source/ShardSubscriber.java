package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Backoff;
import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.ReadResult;
import ecommerce.flink.kinesis.api.ShardPushes;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Reads one shard through a consumer of enhanced fan-out. A subscription lasts five minutes at most; the next one goes
 * on behind what the last event said.
 */
final class ShardSubscriber implements ShardReader {
    private final KinesisSplit split;
    private final ShardPushes pushes;
    private final Duration silence;
    private final Runnable arrived;
    private final Backoff backoff = new Backoff();
    private final Patience patience;
    private final Turns turns = new Turns();
    /** Where the next subscription begins; a LATEST is opened as such only once. */
    private StartPosition position;

    private Inbox inbox;
    private ShardPushes.Subscription subscription;
    private long dueNanos;
    private volatile long millisBehind;

    /** What was heard of one subscription and not looked at yet. */
    private final class Inbox implements ShardPushes.Listener {
        private final Queue<ReadResult> events = new ArrayDeque<>();
        private long heardNanos = System.nanoTime();
        private boolean over;
        private IOException failure;

        @Override
        public void pushed(ReadResult event) {
            synchronized (this) {
                events.add(event);
                heardNanos = System.nanoTime();
            }
            arrived.run();
        }

        @Override
        public void ended(IOException why) {
            synchronized (this) {
                over = true;
                failure = why;
                heardNanos = System.nanoTime();
            }
            arrived.run();
        }

        /** When there is something to do about it. */
        synchronized long dueNanos() {
            return over || !events.isEmpty() ? heardNanos : heardNanos + silence.toNanos();
        }

        synchronized ReadResult poll() {
            return events.poll();
        }

        synchronized boolean isEmpty() {
            return events.isEmpty();
        }

        /** Why there is nothing more; an exception where it is silent, null where the service ended it. */
        synchronized IOException why() {
            return over ? failure : new IOException("nothing was pushed for " + silence.toSeconds() + " s");
        }
    }

    ShardSubscriber(KinesisSplit split, ShardPushes pushes, Duration silence, Runnable arrived) {
        this.split = split;
        this.pushes = pushes;
        this.silence = silence;
        this.arrived = arrived;
        this.patience = new Patience(split.shardId());
        this.position = split.position();
        this.dueNanos = System.nanoTime();
    }

    @Override
    public KinesisSplit split() {
        return split;
    }

    @Override
    public long dueNanos() {
        if (!turns.isEmpty()) {
            return turns.takenNanos();
        }
        return inbox == null ? dueNanos : inbox.dueNanos();
    }

    @Override
    public long millisBehind() {
        return millisBehind;
    }

    @Override
    public List<StreamRecord> next() throws IOException, InterruptedException {
        if (!turns.isEmpty()) {
            return turns.take();
        }
        if (inbox == null) {
            subscribe();
            return List.of();
        }
        ReadResult event = inbox.poll();
        if (event != null) {
            return took(event);
        }
        if (inbox.dueNanos() - System.nanoTime() <= 0) {
            IOException why = inbox.why();
            close();
            if (why != null) {
                retryLater(why);
            } else {
                dueNanos = System.nanoTime();
            }
        }
        return List.of();
    }

    private void subscribe() throws IOException, InterruptedException {
        Inbox next = new Inbox();
        try {
            subscription = pushes.subscribe(split.shardId(), position, next);
            inbox = next;
        } catch (IOException e) {
            retryLater(e);
        }
        position = split.position().equals(position) ? split.resumable() : position;
    }

    private List<StreamRecord> took(ReadResult event) {
        patience.answered();
        backoff.reset();
        millisBehind = event.millisBehindLatest();
        List<StreamRecord> records = event.records();
        if (event.next() == null) {
            records.add(ShardBatch.SHARD_END);
            close();
        } else {
            position = StartPosition.after(event.next());
            if (inbox.isEmpty()) {
                subscription.more();
            }
        }
        turns.fill(records);
        return turns.take();
    }

    /** Another subscription of the consumer may hold the shard, and one that is registered anew may be missing yet. */
    private void retryLater(IOException failure) throws IOException {
        boolean passes = failure instanceof KinesisException refused && (refused.isInUse() || refused.isMissing());
        dueNanos = patience.retryNanos(failure, passes || Failures.isTransient(failure), backoff.next());
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.cancel();
        }
        subscription = null;
        inbox = null;
    }
}
