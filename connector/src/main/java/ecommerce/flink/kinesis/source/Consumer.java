package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.Kinesis;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.ShardPushes;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamConsumer;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.api.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer of enhanced fan-out that a source reads through. The enumerator keeps it registered; readers look it up
 * for each subscription, because one that was registered anew has another ARN.
 */
final class Consumer implements ShardPushes, KinesisEnumerator.Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);
    static final String OPTION = "source.efo.consumer.name";

    private final SourceConfig config;
    private final FanOut fanOut;
    private final Kinesis kinesis;

    Consumer(SourceConfig config) {
        this.config = config;
        this.fanOut = config.fanOut();
        this.kinesis = new Kinesis(config.stream(), config.aws().overHttp2());
    }

    @Override
    public Subscription subscribe(String shardId, StartPosition position, Listener listener)
            throws IOException, InterruptedException {
        String arn = kinesis.describeConsumer(fanOut.consumer()).arn();
        return kinesis.subscribe(arn, shardId, position, listener);
    }

    /** Waits until the consumer is active, and registers it where that is the job's. */
    @Override
    public void run() throws IOException, InterruptedException {
        Duration pause = fanOut.firstPause();
        for (int look = 1; look <= fanOut.looks(); look++) {
            if (isActive()) {
                return;
            }
            Thread.sleep(pause.toMillis());
            Duration next = pause.multipliedBy(2);
            pause = next.compareTo(fanOut.longestPause()) < 0 ? next : fanOut.longestPause();
        }
        throw new IOException("Option '" + OPTION + "': the consumer " + fanOut.consumer() + " of " + config.stream()
                + " is not active after " + fanOut.looks() + " looks");
    }

    private boolean isActive() throws IOException, InterruptedException {
        try {
            return kinesis.describeConsumer(fanOut.consumer()).isActive();
        } catch (KinesisException e) {
            if (!e.isMissing()) {
                return waitsFor(e);
            }
        } catch (IOException e) {
            return waitsFor(e);
        }
        if (!fanOut.jobManaged()) {
            throw new SuppressRestartsException(new ValidationException("Option '" + OPTION + "': " + config.stream()
                    + " has no consumer " + fanOut.consumer() + ", and with SELF_MANAGED the job registers none"));
        }
        try {
            StreamConsumer registered = kinesis.registerConsumer(fanOut.consumer());
            LOG.info("Registered {}", registered.arn());
            return registered.isActive();
        } catch (KinesisException e) {
            // One of this name is still being deleted, or somebody else was faster.
            return e.isInUse() ? false : waitsFor(e);
        }
    }

    private static boolean waitsFor(IOException failure) throws IOException {
        if (!Failures.isTransient(failure)) {
            throw failure;
        }
        LOG.warn("The consumer cannot be looked at: {}", failure.toString());
        return false;
    }

    /** Lets go of a consumer of the job's own. */
    @Override
    public void close() {
        if (!fanOut.jobManaged()) {
            return;
        }
        try {
            kinesis.deregisterConsumer(fanOut.consumer());
        } catch (IOException e) {
            LOG.warn("The consumer {} stays registered, and is paid for: {}", fanOut.consumer(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
