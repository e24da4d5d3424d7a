package ecommerce.flink.kinesis.source;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long failures of one shard are waited out: after {@link #MOST} without one answer somebody has to hear of it. */
final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    static final Duration MOST = Duration.ofMinutes(5);

    private final String shardId;
    private long failingSinceNanos;
    private boolean failing;

    Patience(String shardId) {
        this.shardId = shardId;
    }

    /**
     * Says when to try again.
     *
     * @param mendable whether time may mend the failure
     * @throws IOException the failure, where it does not or has not
     */
    long retryNanos(IOException failure, boolean mendable, Duration wait) throws IOException {
        long now = System.nanoTime();
        if (!failing) {
            failing = true;
            failingSinceNanos = now;
        }
        if (!mendable || now - failingSinceNanos > MOST.toNanos()) {
            throw failure;
        }
        LOG.warn("Shard {}: {}; again in {} ms", shardId, failure.toString(), wait.toMillis());
        return now + wait.toNanos();
    }

    void answered() {
        failing = false;
    }
}
