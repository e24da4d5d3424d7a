package ecommerce.flink.kinesis.api;

import java.util.List;

/**
 * A shard as ListShards describes it.
 *
 * @param parents the shards that it was split or merged from, none for a first one
 * @param closed whether it was itself split or merged and takes no more records
 * @param hashKeys the hash keys of its records
 */
public record Shard(String id, List<String> parents, boolean closed, HashKeys hashKeys) {}
