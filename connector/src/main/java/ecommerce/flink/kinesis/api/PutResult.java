package ecommerce.flink.kinesis.api;

import java.util.List;

/**
 * What PutRecords answered.
 *
 * @param rejected the positions of the entries that were not taken, in order
 * @param reason code and message of the first of them, null when all were taken
 */
public record PutResult(List<Integer> rejected, String reason) {}
