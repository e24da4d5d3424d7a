package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Backoff;
import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.Kinesis;
import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.PutResult;
import ecommerce.flink.kinesis.api.RecordPuts;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends dead letters and waits for them: after each batch and before each checkpoint none is pending, so a record's
 * position is never kept without the record or its letter.
 */
final class DeadLetters {
    static final String OPTION = "source.dead-letter.stream.arn";

    /** PutRecords takes 500 entries; the bytes stay below its 5 MiB. */
    private static final int BATCH_ENTRIES = 500;

    private static final int BATCH_BYTES = 4 * 1024 * 1024;
    /** Letters that are not taken for so long fail the job, so that somebody hears of it. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final StreamArn stream;
    private final RecordPuts puts;
    private final Duration patience;
    private List<PutEntry> pending = new ArrayList<>();
    private int pendingBytes;

    DeadLetters(StreamArn stream, RecordPuts puts, Duration patience) {
        this.stream = stream;
        this.puts = puts;
        this.patience = patience;
    }

    void add(List<PutEntry> letters) throws Exception {
        for (PutEntry letter : letters) {
            if (pending.size() == BATCH_ENTRIES || pendingBytes + letter.data().length > BATCH_BYTES) {
                flush();
            }
            pending.add(letter);
            pendingBytes += letter.data().length;
        }
    }

    /** Returns when every letter was taken; throws when the stream cannot take them. */
    void flush() throws Exception {
        long begun = System.nanoTime();
        Backoff backoff = new Backoff();
        while (!pending.isEmpty()) {
            IOException failure;
            try {
                PutResult result = Kinesis.await(puts.putRecords(pending));
                pending = result.rejected().stream()
                        .map(pending::get)
                        .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
                failure = new IOException("the stream rejects records: " + result.reason());
            } catch (IOException e) {
                failure = e;
            }
            if (!pending.isEmpty()) {
                if (!Failures.isTransient(failure) || System.nanoTime() - begun > patience.toNanos()) {
                    throw Failures.explained(failure, stream, OPTION);
                }
                Thread.sleep(backoff.next().toMillis());
            }
        }
        pendingBytes = 0;
    }
}
