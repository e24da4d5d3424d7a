package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UserRecordsTest {
    private static final BigInteger HALF = BigInteger.ONE.shiftLeft(127);
    private static final HashKeys LOWER = new HashKeys(BigInteger.ZERO, HALF.subtract(BigInteger.ONE));
    private static final HashKeys UPPER = new HashKeys(HALF, HashKeys.ALL.last());

    /** A field of Protocol Buffers: its number, its length, its bytes. */
    static byte[] field(int number, byte[]... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] value : values) {
            out.write(number << 3 | 2);
            for (int rest = value.length; ; rest >>>= 7) {
                out.write(rest < 0x80 ? rest : rest & 0x7F | 0x80);
                if (rest < 0x80) {
                    break;
                }
            }
            out.writeBytes(value);
        }
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A user record: the places of its keys (none below 0) and its data. */
    static byte[] user(int partitionKey, int hashKey, String data) {
        byte[] keys = {8, (byte) partitionKey, 16, (byte) hashKey};
        return join(Arrays.copyOf(keys, hashKey < 0 ? 2 : 4), field(3, text(data)));
    }

    static byte[] aggregate(byte[] message) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(message);
            return join(HexFormat.of().parseHex("f3899ac2"), message, digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StreamRecord record(byte[] data) {
        return new StreamRecord(data, "4966", 77);
    }

    private static List<String> read(byte[] data, HashKeys shard) {
        return UserRecords.of(record(data), shard).stream()
                .map(user -> user.subSequenceNumber() + " " + new String(user.data(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void userRecordsComeInTheirOrderWithTheirPlace() {
        String large = "x".repeat(100_000);
        byte[] data = aggregate(join(
                field(1, text("a"), text("b")), field(3, user(0, -1, "one"), user(1, -1, ""), user(0, -1, large))));
        assertEquals(List.of("0 one", "1 ", "2 " + large), read(data, HashKeys.ALL));
        StreamRecord first = UserRecords.of(record(data), HashKeys.ALL).get(0);
        assertEquals("4966", first.sequenceNumber());
        assertEquals(77, first.arrivalMillis());
    }

    @Test
    void aMessageOfAnotherProducerIsRead() {
        // Written by hand: keys "a" and "b", explicit hash key "7", records "x" (with a tag) and "y".
        byte[] message = HexFormat.of()
                .parseHex("0a0161" + "0a0162" + "120137" + "1a0f" + "0800" + "1000" + "1a0178" + "2206" + "0a016b"
                        + "120176" + "1a05" + "0801" + "1a0179");
        assertEquals(List.of("0 x", "1 y"), read(aggregate(message), HashKeys.ALL));
    }

    @Test
    void keysMayStandBehindTheRecordsAndUnknownFieldsAnywhere() {
        byte[] unknown = {(byte) 0x78, 5}; // field 15, a number
        byte[] data = aggregate(join(unknown, field(3, join(user(0, -1, "one"), unknown)), field(1, text("a"))));
        assertEquals(List.of("0 one"), read(data, HashKeys.ALL));
    }

    @Test
    void aRecordOfAnotherShardIsLeftOutByItsExplicitKeyOrElseThatOfItsPartitionKey() {
        // MD5 of "a" begins with 0c, that of "b" with 92: https://www.rfc-editor.org/rfc/rfc1321 has the first.
        byte[] data = aggregate(join(
                field(1, text("a"), text("b")),
                field(2, text("0"), text(HashKeys.ALL.last().toString())),
                field(3, user(0, -1, "low"), user(1, -1, "high"), user(1, 0, "first"), user(0, 1, "last"))));
        assertEquals(List.of("0 low", "2 first"), read(data, LOWER));
        assertEquals(List.of("1 high", "3 last"), read(data, UPPER));
        assertEquals(4, read(data, HashKeys.ALL).size());
    }

    static Stream<byte[]> plainOrBroken() {
        byte[] whole = aggregate(join(field(1, text("a")), field(3, user(0, -1, "one"))));
        byte[] damaged = whole.clone();
        damaged[8] ^= 1;
        return Stream.of(
                new byte[0],
                text("{\"a\": 1}"),
                HexFormat.of().parseHex("f3899ac2"),
                Arrays.copyOf(whole, whole.length - 1),
                damaged,
                aggregate(new byte[0]),
                // The MD5 is right and the message is none.
                aggregate(new byte[] {0x0a, 0x7f, 'a'}),
                aggregate(new byte[] {0x0b}),
                aggregate(HexFormat.of().parseHex("ffffffffffffffffffffff01")),
                aggregate(new byte[] {0x08, 1}),
                // Records without data, with places that are not in the tables, with a key that is no number.
                aggregate(join(field(1, text("a")), field(3, new byte[] {8, 0}))),
                aggregate(join(field(1, text("a")), field(3, field(3, text("one"))))),
                aggregate(join(field(1, text("a")), field(3, user(1, -1, "one")))),
                aggregate(join(field(1, text("a")), field(3, user(0, 0, "one")))),
                aggregate(join(field(1, text("a")), field(2, text("x")), field(3, user(0, 0, "one")))));
    }

    @ParameterizedTest
    @MethodSource("plainOrBroken")
    void whatIsNoWholeAggregateIsAPlainRecord(byte[] data) {
        byte[] before = data.clone();
        assertNull(UserRecords.of(record(data), HashKeys.ALL));
        assertArrayEquals(before, data);
    }
}
