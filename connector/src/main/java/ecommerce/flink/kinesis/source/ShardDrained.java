package ecommerce.flink.kinesis.source;

import org.apache.flink.api.connector.source.SourceEvent;

/** A reader to the enumerator: a closed shard's last record was handed on. */
record ShardDrained(String shardId) implements SourceEvent {}
