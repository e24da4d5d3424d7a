package ecommerce.flink.kinesis.source;

import org.apache.flink.api.connector.source.SourceEvent;

/** The enumerator to a reader: a drained shard's children are assigned, its watermark need not be held. */
record ShardReleased(String shardId) implements SourceEvent {}
