package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a producer's application that the Kinesis Producer Library packs into one record of a stream.
 *
 * <p>Four bytes of magic, a message of Protocol Buffers, its MD5:
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md. The message is two tables of
 * keys and the records with their places in them, too little for a library of Protocol Buffers.
 */
final class UserRecords {
    private static final Logger LOG = LoggerFactory.getLogger(UserRecords.class);
    private static final byte[] MAGIC = {(byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2};
    private static final int DIGEST_BYTES = 16;

    /** An aggregate's fields: {@code partition_key_table}, {@code explicit_hash_key_table}, {@code records}. */
    private static final int PARTITION_KEYS = 1;

    private static final int EXPLICIT_HASH_KEYS = 2;
    private static final int RECORDS = 3;

    private UserRecords() {}

    /**
     * Unpacks a record.
     *
     * <p>A user record of another shard's hash keys is left out, as the Kinesis Client Library leaves it out: the
     * producer aggregated it by an outdated map of the shards and sends it again to the right one.
     *
     * @param shard the hash keys of the record's shard
     * @return the user records of the shard, numbered by their places in the aggregate; null when the record is a plain
     *     one, which a broken aggregate is too
     */
    static List<StreamRecord> of(StreamRecord record, HashKeys shard) {
        byte[] bytes = record.data();
        if (bytes.length <= MAGIC.length + DIGEST_BYTES
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return null;
        }
        int end = bytes.length - DIGEST_BYTES;
        byte[] message = Arrays.copyOfRange(bytes, MAGIC.length, end);
        if (!Arrays.equals(md5(message), 0, DIGEST_BYTES, bytes, end, bytes.length)) {
            return null;
        }
        try {
            return unpack(ByteBuffer.wrap(message), record, shard);
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | ArithmeticException e) {
            return null;
        }
    }

    private static List<StreamRecord> unpack(ByteBuffer message, StreamRecord record, HashKeys shard) {
        List<String> partitionKeys = new ArrayList<>();
        List<String> hashKeys = new ArrayList<>();
        List<ByteBuffer> packed = new ArrayList<>();
        while (message.hasRemaining()) {
            long tag = varint(message);
            switch (fieldOf(tag)) {
                case PARTITION_KEYS -> partitionKeys.add(text(delimited(message, tag)));
                case EXPLICIT_HASH_KEYS -> hashKeys.add(text(delimited(message, tag)));
                case RECORDS -> packed.add(delimited(message, tag));
                default -> skip(message, tag);
            }
        }
        List<StreamRecord> records = new ArrayList<>(packed.size());
        for (int place = 0; place < packed.size(); place++) {
            Packed user = Packed.read(packed.get(place));
            String partitionKey = partitionKeys.get(user.partitionKey());
            BigInteger hashKey = user.hashKey() < 0
                    ? new BigInteger(1, md5(partitionKey.getBytes(StandardCharsets.UTF_8)))
                    : new BigInteger(hashKeys.get(user.hashKey()));
            if (shard.contains(hashKey)) {
                records.add(new StreamRecord(user.data(), record.sequenceNumber(), record.arrivalMillis(), place));
            }
        }
        if (records.size() < packed.size()) {
            LOG.warn(
                    "{} of {} user records in record {} have the hash keys of another shard and are left out",
                    packed.size() - records.size(),
                    packed.size(),
                    record.sequenceNumber());
        }
        return records;
    }

    /**
     * One user record with the places of its keys.
     *
     * @param hashKey -1 where the partition key decides
     */
    private record Packed(int partitionKey, int hashKey, byte[] data) {
        static Packed read(ByteBuffer fields) {
            int partitionKey = -1;
            int hashKey = -1;
            byte[] data = null;
            while (fields.hasRemaining()) {
                long tag = varint(fields);
                switch (fieldOf(tag)) {
                    case 1 -> partitionKey = Math.toIntExact(number(fields, tag));
                    case 2 -> hashKey = Math.toIntExact(number(fields, tag));
                    case 3 -> data = bytes(delimited(fields, tag));
                    default -> skip(fields, tag);
                }
            }
            if (data == null) {
                throw new IllegalArgumentException("a user record without data");
            }
            return new Packed(partitionKey, hashKey, data);
        }
    }

    private static int fieldOf(long tag) {
        return (int) (tag >>> 3);
    }

    /** Seven bits a byte, the lowest first, the eighth bit where more follow. */
    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }

    private static long number(ByteBuffer in, long tag) {
        check(tag, 0);
        return varint(in);
    }

    private static ByteBuffer delimited(ByteBuffer in, long tag) {
        check(tag, 2);
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field is longer than its message");
        }
        ByteBuffer field = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return field;
    }

    private static void check(long tag, int wireType) {
        if ((tag & 7) != wireType) {
            throw new IllegalArgumentException("a field of another type");
        }
    }

    private static void skip(ByteBuffer in, long tag) {
        switch ((int) tag & 7) {
            case 0 -> varint(in);
            case 1 -> in.getLong();
            case 2 -> delimited(in, tag);
            case 5 -> in.getInt();
            default -> throw new IllegalArgumentException("a field of an unknown type");
        }
    }

    private static byte[] bytes(ByteBuffer field) {
        byte[] copy = new byte[field.remaining()];
        field.get(copy);
        return copy;
    }

    private static String text(ByteBuffer field) {
        return StandardCharsets.UTF_8.decode(field).toString();
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
