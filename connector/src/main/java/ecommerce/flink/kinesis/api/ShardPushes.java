package ecommerce.flink.kinesis.api;

import java.io.IOException;

/** The call that has a shard's records pushed. */
public interface ShardPushes {
    /** Is told of a subscription, in threads of the HTTP client; of nothing more behind its end. */
    interface Listener {
        void pushed(ReadResult event);

        /** @param failure why it ended; null where the service ended it, as it does after five minutes */
        void ended(IOException failure);
    }

    /** A subscription at work. */
    interface Subscription {
        /** Lets more events come, which wait while those before them are worked on. */
        void more();

        void cancel();
    }

    /** Subscribes to a shard from a position on; what the service answers comes to the listener. */
    Subscription subscribe(String shardId, StartPosition position, Listener listener)
            throws IOException, InterruptedException;
}
