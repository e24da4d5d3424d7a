package ecommerce.flink.kinesis.api;

/**
 * One record as a stream holds it.
 *
 * @param arrivalMillis when it arrived in the stream, in milliseconds since 1970 UTC
 */
public record StreamRecord(byte[] data, String sequenceNumber, long arrivalMillis) {}
