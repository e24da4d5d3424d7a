package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The first call of a job: finds out at once whether the stream can be reached at all. */
public final class Startup {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private Startup() {}

    /** Lists a stream's shards. */
    public interface ShardList {
        List<Shard> get() throws IOException, InterruptedException;
    }

    /**
     * Lists the shards, with a little patience for throttling and the network.
     *
     * @param option the table option that named the stream
     * @throws Exception naming the option to look at
     */
    public static List<Shard> list(ShardList shards, StreamArn stream, AwsConfig aws, String option) throws Exception {
        long begun = System.nanoTime();
        Backoff backoff = new Backoff();
        while (true) {
            try {
                return shards.get();
            } catch (IOException e) {
                if (!Failures.isTransient(e)) {
                    throw Failures.explained(e, stream, option);
                }
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e instanceof KinesisException ? e : Failures.unreachable(e, aws);
                }
                Thread.sleep(backoff.next().toMillis());
            }
        }
    }

    /** Checks a stream that is only written to; a role that may write but not list passes. */
    public static void checkWritable(ShardList shards, StreamArn stream, AwsConfig aws, String option)
            throws Exception {
        ShardList allowed = () -> {
            try {
                return shards.get();
            } catch (KinesisException e) {
                if (e.code().equals("AccessDeniedException")) {
                    return List.of();
                }
                throw e;
            }
        };
        list(allowed, stream, aws, option);
    }
}
