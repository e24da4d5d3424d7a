package ecommerce.flink.kinesis.api;

/**
 * One record as a stream holds it, or one of those that a producer packed into it.
 *
 * @param arrivalMillis when it arrived in the stream, in milliseconds since 1970 UTC
 * @param subSequenceNumber its place among the packed ones, 0 for a plain record
 */
public record StreamRecord(byte[] data, String sequenceNumber, long arrivalMillis, int subSequenceNumber) {
    public StreamRecord(byte[] data, String sequenceNumber, long arrivalMillis) {
        this(data, sequenceNumber, arrivalMillis, 0);
    }

    /** Sequence number and place in one, for messages. */
    public String place() {
        return sequenceNumber + (subSequenceNumber == 0 ? "" : ":" + subSequenceNumber);
    }
}
