package ecommerce.flink.kinesis.api;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * The records of one answer, in one array; each is made anew whenever it is asked for.
 *
 * <p>Ten thousand records of each shard wait for their turn. As objects of their own the garbage collector would copy
 * them all, again and again.
 */
final class PackedRecords extends AbstractList<StreamRecord> implements RandomAccess {
    /** Data and sequence number of each record, one behind the other. */
    private byte[] bytes;

    /** Where the data ends, and where the sequence number behind it ends: two a record. */
    private int[] ends = new int[64];

    private long[] arrivals = new long[32];
    private int size;

    /**
     * Makes an empty list.
     *
     * @param bytes about how many bytes data and sequence numbers will be
     */
    PackedRecords(int bytes) {
        this.bytes = new byte[bytes];
    }

    void add(byte[] data, String sequenceNumber, long arrivalMillis) {
        if (size == arrivals.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
            arrivals = Arrays.copyOf(arrivals, 2 * arrivals.length);
        }
        int dataEnd = append(data, begin(size));
        ends[2 * size] = dataEnd;
        ends[2 * size + 1] = append(sequenceNumber.getBytes(StandardCharsets.ISO_8859_1), dataEnd);
        arrivals[size] = arrivalMillis;
        size++;
    }

    private int append(byte[] more, int begin) {
        int end = begin + more.length;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
        }
        System.arraycopy(more, 0, bytes, begin, more.length);
        return end;
    }

    private int begin(int index) {
        return index == 0 ? 0 : ends[2 * index - 1];
    }

    @Override
    public StreamRecord get(int index) {
        Objects.checkIndex(index, size);
        int dataEnd = ends[2 * index];
        String sequenceNumber = new String(bytes, dataEnd, ends[2 * index + 1] - dataEnd, StandardCharsets.ISO_8859_1);
        return new StreamRecord(Arrays.copyOfRange(bytes, begin(index), dataEnd), sequenceNumber, arrivals[index]);
    }

    @Override
    public int size() {
        return size;
    }
}
