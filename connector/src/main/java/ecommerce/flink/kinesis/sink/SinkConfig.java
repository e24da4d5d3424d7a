package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.AwsConfig;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.Serializable;

/** What the table's options say about writing. */
public record SinkConfig(
        StreamArn stream,
        AwsConfig aws,
        int batchRecords,
        int requestsInFlight,
        int bufferedRecords,
        long batchBytes,
        long bufferMillis,
        boolean failOnError)
        implements Serializable {
    /** A record with its key: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. */
    public static final long MAX_RECORD_BYTES = 1024 * 1024;
}
