package ecommerce.flink.kinesis.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.AwsConfig;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.PutResult;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KinesisSinkWriterTest {
    private static final StreamArn STREAM = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");
    private static final PutResult TAKEN = new PutResult(List.of(), null);

    private static final SinkWriter.Context ROW = new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
            return 0;
        }

        @Override
        public Long timestamp() {
            return null;
        }
    };

    private final List<String> sent = new ArrayList<>();
    /** Answers or failures, in the order of the requests; every request after them is taken. */
    private final Deque<Object> answers = new ArrayDeque<>();

    private CompletableFuture<PutResult> put(List<PutEntry> entries) {
        StringBuilder batch = new StringBuilder();
        entries.forEach(entry -> batch.append(new String(entry.data(), StandardCharsets.UTF_8)));
        sent.add(batch.toString());
        Object answer = answers.isEmpty() ? TAKEN : answers.remove();
        return answer instanceof IOException failure
                ? CompletableFuture.failedFuture(failure)
                : CompletableFuture.completedFuture((PutResult) answer);
    }

    /** Batches of three letters, one request at a time. */
    private KinesisSinkWriter writer(boolean failOnError) {
        return writer(failOnError, 5_000_000);
    }

    private KinesisSinkWriter writer(boolean failOnError, long batchBytes) {
        AwsConfig aws = new AwsConfig(
                "us-east-1", URI.create("http://127.0.0.1:1"), Map.of(), false, false, AwsConfig.CALL_TIMEOUT);
        SinkConfig config = new SinkConfig(STREAM, aws, 3, 1, 100, batchBytes, 60_000, failOnError);
        ElementConverter<RowData, PutEntry> letters = (row, context) -> new PutEntry(new byte[] {row.getByte(0)}, "k");
        return new KinesisSinkWriter(letters, new FakeWriterContext(), config, this::put, List.of());
    }

    private static void write(KinesisSinkWriter writer, String letters) throws Exception {
        for (byte letter : letters.getBytes(StandardCharsets.UTF_8)) {
            writer.write(GenericRowData.of(letter), ROW);
        }
        writer.flush(true);
    }

    @Test
    void onlyTheRejectedAreSentAgainInTheirOrderAndBeforeLaterOnes() throws Exception {
        answers.add(new PutResult(List.of(0, 2), "ProvisionedThroughputExceededException: slow down"));
        answers.add(new PutResult(List.of(1), "InternalFailure: again"));
        write(writer(false), "abcdef");
        // Flink itself makes batches smaller after a rejection.
        assertEquals(List.of("abc", "ac", "c", "def"), sent);
    }

    @Test
    void aBatchIsSentAgainWholeAfterThrottlingOrANetworkError() throws Exception {
        answers.add(new SocketException("reset"));
        answers.add(new KinesisException("PutRecords", 400, "ProvisionedThroughputExceededException", ""));
        write(writer(false), "ab");
        assertEquals("ab".repeat(3), String.join("", sent));
    }

    /** A letter and its key are two bytes. */
    @ParameterizedTest
    @CsvSource({"4, ab cd e", "3, a b c d e", "1, a b c d e"})
    void aBatchKeepsWithinItsBytesAndALargerRecordGoesAlone(long batchBytes, String batches) throws Exception {
        write(writer(false, batchBytes), "abcde");
        assertEquals(List.of(batches.split(" ")), sent);
    }

    @Test
    void aCheckpointKeepsWhatIsNotTakenYet() throws Exception {
        KinesisSinkWriter writer = writer(false);
        writer.write(GenericRowData.of((byte) 'a'), ROW);
        List<BufferedRequestState<PutEntry>> state = writer.snapshotState(1);
        assertEquals(1, state.get(0).getBufferedRequestEntries().size());
        assertEquals(List.of(), sent);
    }

    @Test
    void failOnErrorEndsTheJobAtTheFirstRejection() {
        answers.add(new PutResult(List.of(1), "InternalFailure: again"));
        Exception failure = assertThrows(Exception.class, () -> write(writer(true), "abc"));
        assertTrue(messages(failure).contains("'sink.fail-on-error'"), messages(failure));
        assertEquals(List.of("abc"), sent);
    }

    @Test
    void aDeletedStreamEndsTheJobWithItsOption() {
        answers.add(new KinesisException("PutRecords", 400, "ResourceNotFoundException", ""));
        Exception failure = assertThrows(Exception.class, () -> write(writer(false), "abc"));
        assertTrue(messages(failure).contains("Option 'stream.arn'"), messages(failure));
    }

    private static String messages(Throwable failure) {
        return failure == null ? "" : failure.getMessage() + " / " + messages(failure.getCause());
    }
}
