package ecommerce.flink.kinesis.api;

import java.io.Serializable;

/**
 * Where reading a shard begins, as GetShardIterator names it.
 *
 * @param timestampMillis for AT_TIMESTAMP, in milliseconds since 1970 UTC
 * @param sequenceNumber for AFTER_SEQUENCE_NUMBER
 */
public record StartPosition(Type type, long timestampMillis, String sequenceNumber) implements Serializable {
    /** GetShardIterator's own names. */
    public enum Type {
        TRIM_HORIZON,
        LATEST,
        AT_TIMESTAMP,
        AFTER_SEQUENCE_NUMBER
    }

    public static final StartPosition TRIM_HORIZON = new StartPosition(Type.TRIM_HORIZON, 0, "");
    public static final StartPosition LATEST = new StartPosition(Type.LATEST, 0, "");

    public static StartPosition atTimestamp(long millis) {
        return new StartPosition(Type.AT_TIMESTAMP, millis, "");
    }

    public static StartPosition after(String sequenceNumber) {
        return new StartPosition(Type.AFTER_SEQUENCE_NUMBER, 0, sequenceNumber);
    }
}
