package ecommerce.flink.kinesis.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.dataformat.cbor.CBORGenerator;

/** The calls against a server that answers what the test has written down. */
class KinesisTest {
    private static final StreamArn STREAM = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");

    private FakeService service;

    @BeforeEach
    void serve() throws IOException {
        service = new FakeService();
    }

    @AfterEach
    void stop() {
        service.close();
        System.clearProperty("aws.cborEnabled");
    }

    private Kinesis kinesis(Wire wire) {
        System.setProperty("aws.cborEnabled", Boolean.toString(wire == Wire.CBOR));
        return new Kinesis(STREAM, service.config());
    }

    private void answerJson(int status, String body) {
        service.answer(status, body);
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void recordsComeWithBytesAndTimesInBothEncodings(Wire wire) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = wire.generator(body)) {
            json.writeStartObject();
            json.writeArrayFieldStart("ChildShards");
            json.writeEndArray();
            json.writeNumberField("MillisBehindLatest", 42);
            json.writeStringField("NextShardIterator", "next");
            json.writeArrayFieldStart("Records");
            json.writeStartObject();
            json.writeFieldName("ApproximateArrivalTimestamp");
            wire.writeTime(json, 1_569_888_000_123L);
            json.writeBinaryField("Data", new byte[] {0, -1, '"'});
            json.writeStringField("PartitionKey", "k");
            json.writeStringField("SequenceNumber", "4966");
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        }
        service.answer(200, wire.contentType, body.toByteArray());
        RecordCursor result = kinesis(wire).getRecords("iterator", 10);
        StreamRecord record = result.take(10).get(0);
        assertTrue(result.isDone());
        assertEquals("next", result.next());
        assertEquals(42, result.millisBehindLatest());
        assertArrayEquals(new byte[] {0, -1, '"'}, record.data());
        assertEquals("4966", record.sequenceNumber());
        assertEquals(1_569_888_000_123L, record.arrivalMillis());
        assertEquals("Kinesis_20131202.GetRecords", service.seen.get(0).target());
        assertEquals(wire.contentType, service.seen.get(0).contentType());
        assertTrue(service.seen.get(0).authorization().startsWith("AWS4-HMAC-SHA256 Credential=AKID/"));
        assertTrue(service.seen.get(0).authorization().contains("/us-east-1/kinesis/aws4_request"));
    }

    @Test
    void theEndOfAShardHasNoNextIterator() throws Exception {
        answerJson(200, "{\"Records\":[],\"NextShardIterator\":null,\"MillisBehindLatest\":0}");
        assertTheEnd(kinesis(Wire.JSON).getRecords("i", 1));
        answerJson(200, "{\"Records\":[],\"MillisBehindLatest\":0}");
        assertTheEnd(kinesis(Wire.JSON).getRecords("i", 1));
    }

    private static void assertTheEnd(RecordCursor read) throws IOException {
        assertEquals(List.of(), read.take(1));
        assertTrue(read.isDone());
        assertNull(read.next());
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void recordsAreTakenBitByBit(Wire wire) throws Exception {
        byte[] body = records(wire, 5);
        service.answer(200, wire.contentType, body);
        RecordCursor read = kinesis(wire).getRecords("i", 10);
        assertEquals(List.of("0", "1"), numbers(read.take(2)));
        assertFalse(read.isDone());
        assertEquals(List.of("2", "3"), numbers(read.take(2)));
        assertEquals(List.of("4"), numbers(read.take(2)));
        assertTrue(read.isDone());
        assertEquals("next", read.next());
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void anAnswerThatIsCutOffIsNeverTakenForAWholeOne(Wire wire) throws Exception {
        byte[] body = records(wire, 2);
        for (int length = 0; length < body.length; length++) {
            service.answer(200, wire.contentType, Arrays.copyOf(body, length));
            assertThrows(
                    IOException.class,
                    () -> kinesis(wire).getRecords("i", 10).take(10),
                    length + " of " + body.length + " bytes");
        }
    }

    private static byte[] records(Wire wire, int count) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = wire.generator(body)) {
            json.writeStartObject();
            json.writeArrayFieldStart("Records");
            for (int number = 0; number < count; number++) {
                json.writeStartObject();
                json.writeBinaryField("Data", new byte[] {1});
                json.writeStringField("SequenceNumber", Integer.toString(number));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("NextShardIterator", "next");
            json.writeEndObject();
        }
        return body.toByteArray();
    }

    private static List<String> numbers(List<StreamRecord> records) {
        return records.stream().map(StreamRecord::sequenceNumber).toList();
    }

    @Test
    void timesAreSentAsEachEncodingHasThem() throws Exception {
        answerJson(200, "{\"ShardIterator\":\"i\"}");
        assertEquals("i", kinesis(Wire.JSON).shardIterator("s", StartPosition.atTimestamp(1_569_888_000_123L)));
        String body = new String(service.seen.get(0).body(), StandardCharsets.UTF_8);
        assertTrue(body.contains("\"Timestamp\":1.569888000123E9"), body);
    }

    @Test
    void shardsAreListedPageByPage() throws Exception {
        answerJson(
                200,
                "{\"NextToken\":\"t\",\"Shards\":[{\"ShardId\":\"a\",\"HashKeyRange\":{\"StartingHashKey\":\"5\",\"EndingHashKey\":\"9\"},"
                        + "\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"1\",\"EndingSequenceNumber\":\"9\"}}]}");
        answerJson(
                200,
                "{\"Shards\":[{\"ShardId\":\"c\",\"ParentShardId\":\"a\",\"AdjacentParentShardId\":\"b\","
                        + "\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"10\"}}]}");
        assertEquals(
                List.of(
                        new Shard("a", List.of(), true, new HashKeys(BigInteger.valueOf(5), BigInteger.valueOf(9))),
                        new Shard("c", List.of("a", "b"), false, HashKeys.ALL)),
                kinesis(Wire.JSON).listShards());
        assertEquals("{\"NextToken\":\"t\"}", new String(service.seen.get(1).body(), StandardCharsets.UTF_8));
    }

    @Test
    void rejectedRecordsAreCounted() throws Exception {
        answerJson(
                200,
                "{\"FailedRecordCount\":1,\"Records\":[{\"SequenceNumber\":\"1\",\"ShardId\":\"s\"},"
                        + "{\"ErrorCode\":\"ProvisionedThroughputExceededException\",\"ErrorMessage\":\"slow down\"}]}");
        PutResult result = Kinesis.await(kinesis(Wire.JSON)
                .putRecords(List.of(new PutEntry(new byte[] {1}, "a"), new PutEntry(new byte[] {2}, "b"))));
        assertEquals(List.of(1), result.rejected());
        assertEquals("ProvisionedThroughputExceededException: slow down", result.reason());
        assertTrue(
                new String(service.seen.get(0).body(), StandardCharsets.UTF_8)
                        .endsWith(
                                "\"Records\":[{\"Data\":\"AQ==\",\"PartitionKey\":\"a\"},{\"Data\":\"Ag==\",\"PartitionKey\":\"b\"}]}"));
    }

    @Test
    void refusalsCarryTheServicesCode() {
        answerJson(400, "{\"__type\":\"com.amazonaws#ResourceNotFoundException\",\"message\":\"Stream s not found\"}");
        KinesisException refusal =
                assertThrows(KinesisException.class, () -> kinesis(Wire.JSON).getRecords("i", 1));
        assertTrue(refusal.isMissing());
        assertEquals("GetRecords: ResourceNotFoundException (HTTP 400): Stream s not found", refusal.getMessage());
    }

    @Test
    void aProxysErrorPageIsTransient() {
        service.answer(502, "text/html", "<html>".getBytes(StandardCharsets.UTF_8));
        KinesisException refusal =
                assertThrows(KinesisException.class, () -> kinesis(Wire.CBOR).getRecords("i", 1));
        assertTrue(refusal.isTransient());
    }

    @Test
    void cborTimesAreMillisecondsUnderTagOne() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator cbor = Wire.CBOR.generator(body)) {
            assertTrue(cbor instanceof CBORGenerator);
            Wire.CBOR.writeTime(cbor, 1_569_888_000_123L);
        }
        assertArrayEquals(
                new byte[] {
                    (byte) 0xc1,
                    0x1b,
                    (byte) 0x00,
                    (byte) 0x00,
                    (byte) 0x01,
                    (byte) 0x6d,
                    (byte) 0x84,
                    (byte) 0x9d,
                    (byte) 0xd8,
                    (byte) 0x7b
                },
                body.toByteArray());
    }
}
