package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.PutResult;
import ecommerce.flink.kinesis.api.RecordPuts;
import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final StreamArn STREAM = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");

    private static String letter(PutEntry entry) {
        return new String(entry.data(), StandardCharsets.UTF_8);
    }

    private static byte[] data(PutEntry entry) {
        String json = letter(entry);
        int from = json.indexOf("\"data\":\"") + 8;
        return Base64.getDecoder().decode(json.substring(from, json.indexOf('"', from)));
    }

    @Test
    void carriesBytesPlaceTimeAndReason() {
        StreamRecord record = new StreamRecord(new byte[] {(byte) 0xff, '{', '"'}, "4966", 1_569_888_000_123L);
        Exception failure = new IOException("outer repeats the record", new IOException("bad \"thing\"\nat line 1"));
        List<PutEntry> entries = DeadLetter.entries(STREAM, "shardId-000000000001", record, failure);
        assertEquals(1, entries.size());
        assertEquals("4966", entries.get(0).partitionKey());
        assertEquals(
                "{\"stream_arn\":\"" + STREAM
                        + "\",\"shard_id\":\"shardId-000000000001\",\"sequence_number\":\"4966\",\"sub_sequence_number\":0,"
                        + "\"arrival_time\":\"2019-10-01T00:00:00.123Z\",\"reason\":\"bad \\\"thing\\\"\",\"part\":1,"
                        + "\"parts\":1,\"data\":\"/3si\"}",
                letter(entries.get(0)));
    }

    @Test
    void emptyRecordHasALetterToo() {
        List<PutEntry> entries =
                DeadLetter.entries(STREAM, "s", new StreamRecord(new byte[0], "1", 0), new IOException("empty"));
        assertArrayEquals(new byte[0], data(entries.get(0)));
    }

    @Test
    void aMebibyteGoesInPartsThatFitAndMakeItWhole() {
        byte[] bytes = new byte[1024 * 1024];
        new Random(1).nextBytes(bytes);
        List<PutEntry> entries =
                DeadLetter.entries(STREAM, "s", new StreamRecord(bytes, "1", 0), new IOException("x".repeat(9_999)));
        assertEquals(2, entries.size());
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (PutEntry entry : entries) {
            assertTrue(entry.data().length + entry.partitionKey().length() <= 1024 * 1024);
            whole.writeBytes(data(entry));
        }
        assertArrayEquals(bytes, whole.toByteArray());
    }

    private static List<PutEntry> letters(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new PutEntry(new byte[10], "" + i))
                .toList();
    }

    private static DeadLetters letters(RecordPuts puts) {
        return new DeadLetters(STREAM, puts, Duration.ofMillis(300));
    }

    @Test
    void sendsOnlyTheRejectedAgainUntilAllAreTaken() throws Exception {
        List<List<String>> sent = new ArrayList<>();
        DeadLetters deadLetters = letters(entries -> {
            sent.add(entries.stream().map(PutEntry::partitionKey).toList());
            return CompletableFuture.completedFuture(
                    sent.size() == 1 ? new PutResult(List.of(1), "busy") : new PutResult(List.of(), null));
        });
        deadLetters.add(letters(3));
        deadLetters.flush();
        deadLetters.flush();
        assertEquals(List.of(List.of("0", "1", "2"), List.of("1")), sent);
    }

    @Test
    void batchesStayWithinTheServicesLimits() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        DeadLetters deadLetters = letters(entries -> {
            sizes.add(entries.size());
            return CompletableFuture.completedFuture(new PutResult(List.of(), null));
        });
        deadLetters.add(letters(1_100));
        deadLetters.flush();
        for (int i = 0; i < 6; i++) {
            deadLetters.add(List.of(new PutEntry(new byte[1024 * 1024], "k")));
        }
        deadLetters.flush();
        assertEquals(List.of(500, 500, 100, 4, 2), sizes);
    }

    @Test
    void aMissingDeadLetterStreamIsNamed() throws Exception {
        DeadLetters deadLetters = letters(entries -> CompletableFuture.failedFuture(
                new KinesisException("PutRecords", 400, "ResourceNotFoundException", "")));
        deadLetters.add(letters(1));
        SuppressRestartsException end = assertThrows(SuppressRestartsException.class, deadLetters::flush);
        assertTrue(end.getCause().getMessage().contains("'source.dead-letter.stream.arn'"));
    }

    @Test
    void aStreamThatTakesNothingFailsTheJobAfterAWhile() throws Exception {
        DeadLetters deadLetters = letters(entries ->
                CompletableFuture.completedFuture(new PutResult(List.of(0), "ProvisionedThroughputExceededException")));
        deadLetters.add(letters(1));
        IOException failure = assertThrows(IOException.class, deadLetters::flush);
        assertTrue(failure.getMessage().contains("ProvisionedThroughputExceededException"), failure.getMessage());
    }
}
