package ecommerce.flink.kinesis.api;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * The range of hash keys that a shard takes, both ends included.
 *
 * @param first the lowest key, 0 in a stream's first shard
 * @param last the highest key, 2^128 - 1 in its last one
 */
public record HashKeys(BigInteger first, BigInteger last) implements Serializable {
    /** Every key there is: the range of a shard of which no other is known. */
    public static final HashKeys ALL =
            new HashKeys(BigInteger.ZERO, BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));

    public boolean contains(BigInteger key) {
        return key.compareTo(first) >= 0 && key.compareTo(last) <= 0;
    }
}
