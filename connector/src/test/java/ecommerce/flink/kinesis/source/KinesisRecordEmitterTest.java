package ecommerce.flink.kinesis.source;

import static ecommerce.flink.kinesis.source.UserRecordsTest.aggregate;
import static ecommerce.flink.kinesis.source.UserRecordsTest.field;
import static ecommerce.flink.kinesis.source.UserRecordsTest.join;
import static ecommerce.flink.kinesis.source.UserRecordsTest.text;
import static ecommerce.flink.kinesis.source.UserRecordsTest.user;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.PutResult;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.watermark.LongWatermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KinesisRecordEmitterTest {
    private static final StreamArn STREAM = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");

    /** A letter is a row, '-' is dropped as null, '!' fails the record; nothing makes no row. */
    private static final class Letters implements RecordDecoder {
        private static final long serialVersionUID = 1L;

        @Override
        public void open(DeserializationSchema.InitializationContext context) {}

        @Override
        public void decode(StreamRecord record, String shardId, List<RowData> rows) throws IOException {
            for (char letter : new String(record.data(), StandardCharsets.UTF_8).toCharArray()) {
                if (letter == '!') {
                    throw new IOException(
                            "Failed to deserialize JSON '…'.",
                            new IOException("Fail to deserialize at field: ts.", new RuntimeException("not a time")));
                }
                rows.add(letter == '-' ? null : GenericRowData.of(letter));
            }
        }
    }

    private static final class Collected implements SourceOutput<RowData> {
        final StringBuilder letters = new StringBuilder();

        @Override
        public void collect(RowData row) {
            throw new UnsupportedOperationException("without a time");
        }

        @Override
        public void collect(RowData row, long timestamp) {
            assertEquals(77, timestamp);
            letters.append((char) ((GenericRowData) row).getField(0));
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }

    private final Collected output = new Collected();
    private final List<String> letters = new ArrayList<>();
    private final SourceReaderMetricGroup metrics = UnregisteredMetricsGroup.createSourceReaderMetricGroup();
    private final List<Long> markers = new ArrayList<>();
    private final SourceReaderContext context = (SourceReaderContext) Proxy.newProxyInstance(
            KinesisRecordEmitterTest.class.getClassLoader(),
            new Class<?>[] {SourceReaderContext.class},
            (proxy, method, arguments) -> {
                if (!method.getName().equals("emitWatermark")) {
                    return metrics;
                }
                markers.add(((LongWatermark) arguments[0]).getValue());
                return null;
            });
    private final DeadLetters deadLetters = new DeadLetters(
            STREAM,
            entries -> {
                entries.forEach(entry -> letters.add(new String(entry.data(), StandardCharsets.UTF_8)));
                return CompletableFuture.completedFuture(new PutResult(List.of(), null));
            },
            Duration.ofSeconds(1));
    private KinesisSplitState state;

    @BeforeEach
    void beginTheShard() {
        state = new KinesisSplitState(
                new KinesisSplit("shardId-000000000001", StartPosition.TRIM_HORIZON, 1, HashKeys.ALL, false));
    }

    private void emit(DeadLetters deadLetters, byte[] data) throws Exception {
        KinesisRecordEmitter emitter = new KinesisRecordEmitter(STREAM, new Letters(), context, deadLetters);
        emitter.emitRecord(new StreamRecord(data, "4966", 77), output, state);
        emitter.emitRecord(ShardBatch.BATCH_END, output, state);
    }

    private void turn(KinesisRecordEmitter emitter, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            emitter.emitRecord(new StreamRecord(text("a"), "4966", 77), output, state);
        }
        emitter.emitRecord(ShardBatch.BATCH_END, output, state);
    }

    @Test
    void aMarkerFollowsTheLastRecordsOfAReadAndEachIsGreaterThanTheOneBefore() throws Exception {
        KinesisRecordEmitter emitter = new KinesisRecordEmitter(STREAM, new Letters(), context, null);
        turn(emitter, Turns.MOST);
        assertEquals(List.of(), markers);
        turn(emitter, 1);
        turn(emitter, 2);
        emitter.emitRecord(ShardBatch.SHARD_END, output, state);
        assertEquals(3, markers.size());
        assertTrue(markers.get(0) < markers.get(1) && markers.get(1) < markers.get(2), markers.toString());
    }

    private String reason(int letter) {
        String json = letters.get(letter);
        int from = json.indexOf("\"reason\":\"") + 10;
        return json.substring(from, json.indexOf('"', from));
    }

    @ParameterizedTest
    @CsvSource({"a, a", "abc, abc", "'', ''", "-, ''", "--, ''", "a-b, ab"})
    void whatAFormatDropsIsPassedOver(String record, String rows) throws Exception {
        emit(null, text(record));
        assertEquals(rows, output.letters.toString());
        assertEquals(StartPosition.after("4966"), state.toSplit().position());
    }

    @ParameterizedTest
    @CsvSource({
        "'', the format makes no row of it",
        "-, the format makes no row of it",
        "a-b, the format makes no row of a part of it"
    })
    void whatAFormatDropsIsADeadLetterWhole(String record, String reason) throws Exception {
        emit(deadLetters, text(record));
        assertEquals("", output.letters.toString());
        assertEquals(1, letters.size());
        assertEquals(reason, reason(0));
    }

    @Test
    void aFailureNamesRecordShardStreamReasonValueAndRemedyInItsInnermostCause() {
        Throwable failure = assertThrows(IOException.class, () -> emit(null, text("{\"ts\":\n\"!\"}")));
        assertNull(failure.getCause());
        assertEquals(
                "Record 4966 in shardId-000000000001 of " + STREAM + " cannot be decoded: Fail to deserialize at field:"
                        + " ts. not a time Its value: '{\"ts\": \"!\"}' (option 'source.dead-letter.stream.arn' sends"
                        + " such records elsewhere)",
                failure.getMessage());
        assertEquals(1, failure.getSuppressed().length);
    }

    @Test
    void aFailureShowsBytesThatAreNoTextAndNotMoreThanALine() {
        String bytes = assertThrows(IOException.class, () -> emit(null, new byte[] {'!', (byte) 0xff, 0}))
                .getMessage();
        assertTrue(bytes.contains("Its value: base64 If8A ("), bytes);
        String large = assertThrows(IOException.class, () -> emit(null, text("!".repeat(1_000_000))))
                .getMessage();
        assertTrue(large.length() < 600, large);
    }

    private static final byte[] PACKED = aggregate(join(
            field(1, text("a")), field(3, user(0, -1, "a"), user(0, -1, "bc"), user(0, -1, "!"), user(0, -1, "d"))));

    @Test
    void userRecordsOfAnAggregateAreDecodedEachAndTheirLettersSayWhichItWas() throws Exception {
        emit(deadLetters, PACKED);
        assertEquals("abcd", output.letters.toString());
        assertEquals(1, letters.size());
        assertTrue(letters.get(0).contains("\"sequence_number\":\"4966\",\"sub_sequence_number\":2"), letters.get(0));
        assertTrue(letters.get(0).contains("\"data\":\"IQ==\""), letters.get(0));
        assertEquals(StartPosition.after("4966"), state.toSplit().position());
    }

    @Test
    void anAggregateIsPassedWholeOrNotAtAll() {
        String message =
                assertThrows(IOException.class, () -> emit(null, PACKED)).getMessage();
        assertTrue(message.startsWith("Record 4966:2 in "), message);
        // A checkpoint lies before it: after a restart all of it comes again, and none of it was kept.
        assertEquals(StartPosition.TRIM_HORIZON, state.toSplit().position());
    }

    @Test
    void aBrokenAggregateIsAPlainRecord() throws Exception {
        byte[] broken = PACKED.clone();
        broken[broken.length - 1]++;
        emit(deadLetters, broken);
        assertEquals(1, letters.size());
        assertTrue(letters.get(0).contains("\"sub_sequence_number\":0"), letters.get(0));
    }
}
