package ecommerce.flink.kinesis.source;

import org.apache.flink.api.connector.source.SourceEvent;

/** The enumerator to a reader: there is no shard for it, its silence must not hold the others back. */
record NoShards() implements SourceEvent {}
