package ecommerce.flink.kinesis.api;

import java.io.Serializable;

/** One record on its way into a stream. */
public record PutEntry(byte[] data, String partitionKey) implements Serializable {}
