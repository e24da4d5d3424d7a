package ecommerce.flink.kinesis.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** SubscribeToShard against a server whose answers the test has written down. */
class SubscriptionTest {
    private static final StreamArn STREAM = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");
    private static final String EVENT_STREAM = "application/vnd.amazon.eventstream";
    private static final Object END = new Object();

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final ShardPushes.Listener listener = new ShardPushes.Listener() {
        @Override
        public void pushed(ReadResult event) {
            heard.add(event);
        }

        @Override
        public void ended(IOException failure) {
            heard.add(failure == null ? END : failure);
        }
    };
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

    private Object heard() throws InterruptedException {
        Object next = heard.poll(30, TimeUnit.SECONDS);
        assertNotNull(next, "nothing was heard");
        return next;
    }

    private ShardPushes.Subscription subscribe(Wire wire) {
        System.setProperty("aws.cborEnabled", Boolean.toString(wire == Wire.CBOR));
        return new Kinesis(STREAM, service.config()).subscribe("consumer", "shard", StartPosition.after("7"), listener);
    }

    private static void message(ByteArrayOutputStream out, Wire wire, String kind, String name, byte[] payload) {
        new Message(
                        Map.of(
                                ":message-type",
                                HeaderValue.fromString(kind),
                                ":" + kind + "-type",
                                HeaderValue.fromString(name),
                                ":content-type",
                                HeaderValue.fromString(wire.contentType)),
                        payload)
                .encode(out);
    }

    private static byte[] event(Wire wire, String sequenceNumber, boolean last) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = wire.generator(body)) {
            json.writeStartObject();
            json.writeArrayFieldStart("Records");
            json.writeStartObject();
            json.writeFieldName("ApproximateArrivalTimestamp");
            wire.writeTime(json, 1_569_888_000_123L);
            json.writeBinaryField("Data", new byte[] {0, -1});
            json.writeStringField("SequenceNumber", sequenceNumber);
            json.writeEndObject();
            json.writeEndArray();
            json.writeNumberField("MillisBehindLatest", 42);
            if (last) {
                json.writeArrayFieldStart("ChildShards");
                json.writeStartObject();
                json.writeStringField("ShardId", "child");
                json.writeEndObject();
                json.writeEndArray();
            } else {
                json.writeStringField("ContinuationSequenceNumber", sequenceNumber);
            }
            json.writeEndObject();
        }
        return body.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void eventsComeInTheirOrderAndTheLastOfAShardNamesNoPlaceToGoOn(Wire wire) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        message(body, wire, "event", "initial-response", "{}".getBytes(StandardCharsets.UTF_8));
        message(body, wire, "event", "SubscribeToShardEvent", event(wire, "8", false));
        message(body, wire, "event", "SubscribeToShardEvent", event(wire, "9", true));
        service.answer(200, EVENT_STREAM, body.toByteArray());
        ShardPushes.Subscription subscription = subscribe(wire);
        ReadResult first = assertInstanceOf(ReadResult.class, heard());
        assertEquals("8", first.next());
        assertEquals(42, first.millisBehindLatest());
        assertEquals(1_569_888_000_123L, first.records().get(0).arrivalMillis());
        assertEquals(2, first.records().get(0).data().length);
        subscription.more();
        assertNull(assertInstanceOf(ReadResult.class, heard()).next());
        subscription.more();
        assertEquals(END, heard());
        assertEquals("Kinesis_20131202.SubscribeToShard", service.seen.get(0).target());
    }

    @Test
    void aSubscriptionLastsLongerThanACallMayTake() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        message(body, Wire.CBOR, "event", "SubscribeToShardEvent", event(Wire.CBOR, "8", false));
        service.answerLate(EVENT_STREAM, body.toByteArray(), 4_000);
        new Kinesis(STREAM, service.config(Duration.ofSeconds(2)))
                .subscribe("consumer", "shard", StartPosition.LATEST, listener);
        assertEquals("8", assertInstanceOf(ReadResult.class, heard()).next());
    }

    @Test
    void theRequestNamesConsumerShardAndPlace() throws Exception {
        service.answer(200, EVENT_STREAM, new byte[0]);
        subscribe(Wire.JSON);
        assertEquals(END, heard());
        assertEquals(
                "{\"ConsumerARN\":\"consumer\",\"ShardId\":\"shard\",\"StartingPosition\":"
                        + "{\"Type\":\"AFTER_SEQUENCE_NUMBER\",\"SequenceNumber\":\"7\"}}",
                new String(service.seen.get(0).body(), StandardCharsets.UTF_8));
    }

    @Test
    void anExceptionAmongTheEventsEndsThemWithItsCode() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] text = "{\"message\":\"taken over\"}".getBytes(StandardCharsets.UTF_8);
        message(body, Wire.JSON, "exception", "ResourceInUseException", text);
        service.answer(200, EVENT_STREAM, body.toByteArray());
        subscribe(Wire.JSON);
        KinesisException refusal = assertInstanceOf(KinesisException.class, heard());
        assertTrue(refusal.isInUse());
        assertTrue(refusal.getMessage().endsWith("taken over"), refusal.getMessage());
        assertNull(heard.poll(200, TimeUnit.MILLISECONDS));
    }

    @Test
    void aRefusedSubscriptionEndsWithItsCode() throws Exception {
        service.answer(400, "{\"__type\":\"LimitExceededException\",\"message\":\"too often\"}");
        subscribe(Wire.JSON);
        assertTrue(assertInstanceOf(KinesisException.class, heard()).isTransient());
    }

    @Test
    void whatIsSpoiledOnTheWayIsNoEvent() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        message(body, Wire.JSON, "event", "SubscribeToShardEvent", event(Wire.JSON, "8", false));
        byte[] spoiled = body.toByteArray();
        spoiled[spoiled.length - 6] ^= 1;
        service.answer(200, EVENT_STREAM, spoiled);
        subscribe(Wire.JSON);
        assertInstanceOf(IOException.class, heard());
    }

    @Test
    void nothingIsHeardBehindACancel() throws Exception {
        service.answer(200, EVENT_STREAM, new byte[0]);
        subscribe(Wire.JSON).cancel();
        assertNull(heard.poll(200, TimeUnit.MILLISECONDS));
        assertEquals(List.of(), List.copyOf(heard));
    }
}
