package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.AwsConfig;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.Serializable;
import java.time.Duration;

/**
 * What the table's options say about reading.
 *
 * @param maxRecords the most records of one GetRecords, at most 10,000
 * @param emptyInterval the least time between a read that brought nothing and the next
 * @param nonEmptyInterval the least time between a read that brought records and the next
 * @param fanOut the consumer to read through, or null to poll
 * @param deadLetterStream where records go that cannot be decoded, or null
 */
public record SourceConfig(
        StreamArn stream,
        AwsConfig aws,
        StartPosition start,
        Duration discoveryInterval,
        int maxRecords,
        Duration emptyInterval,
        Duration nonEmptyInterval,
        FanOut fanOut,
        StreamArn deadLetterStream)
        implements Serializable {}
