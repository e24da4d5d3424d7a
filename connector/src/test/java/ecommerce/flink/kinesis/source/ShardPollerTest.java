package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.RecordCursor;
import ecommerce.flink.kinesis.api.ShardReads;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardPollerTest {
    private final List<StartPosition> opened = new ArrayList<>();
    private final Deque<Object> answers = new ArrayDeque<>();

    private final ShardReads reads = new ShardReads() {
        @Override
        public String shardIterator(String shardId, StartPosition position) {
            opened.add(position);
            return "iterator " + opened.size();
        }

        @Override
        public RecordCursor getRecords(String iterator, int limit) throws IOException {
            Object answer = answers.remove();
            if (answer instanceof IOException failure) {
                throw failure;
            }
            return (RecordCursor) answer;
        }
    };

    private ShardPoller poller(StartPosition start) {
        KinesisSplit split = new KinesisSplit("shard", start, 77, HashKeys.ALL, false);
        return new ShardPoller(split, KinesisEnumeratorTest.config(start), reads, System.nanoTime());
    }

    /** An answer of some records; one whose number is {@code broken} is not readable. */
    private record Answer(Deque<String> left, String next, long millisBehindLatest) implements RecordCursor {
        @Override
        public List<StreamRecord> take(int most) throws IOException {
            List<StreamRecord> records = new ArrayList<>();
            while (records.size() < most && !left.isEmpty()) {
                String number = left.remove();
                if (number.equals("broken")) {
                    throw new IOException("not readable");
                }
                records.add(new StreamRecord(new byte[0], number, 0));
            }
            return records;
        }

        @Override
        public boolean isDone() {
            return left.isEmpty();
        }
    }

    private static RecordCursor result(String next, long behind, String... sequenceNumbers) {
        return new Answer(new ArrayDeque<>(List.of(sequenceNumbers)), next, behind);
    }

    private static KinesisException refused(String code) {
        return new KinesisException("GetRecords", 400, code, "");
    }

    private static boolean isDueAtOnce(ShardPoller poller) {
        return poller.dueNanos() - System.nanoTime() <= 0;
    }

    @Test
    void anExpiredIteratorIsRenewedAfterTheLastRecord() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(result("n", 5, "1", "2"), refused("ExpiredIteratorException"), result("n", 0, "3")));
        assertEquals(2, poller.next().size());
        assertEquals(0, poller.next().size());
        assertEquals("3", poller.next().get(0).sequenceNumber());
        assertEquals(List.of(StartPosition.TRIM_HORIZON, StartPosition.after("2")), opened);
    }

    @Test
    void latestIsOpenedOnceAndThenMeansTheTimeOfTheStart() throws Exception {
        ShardPoller poller = poller(StartPosition.LATEST);
        answers.addAll(List.of(result("n", 0), refused("ExpiredIteratorException"), result("n", 0)));
        poller.next();
        poller.next();
        poller.next();
        assertEquals(List.of(StartPosition.LATEST, StartPosition.atTimestamp(77)), opened);
    }

    @Test
    void throttlingAndNetworkErrorsAreTriedAgainLater() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(
                refused("ProvisionedThroughputExceededException"), new SocketException("reset"), result("n", 0, "1")));
        poller.next();
        assertTrue(!isDueAtOnce(poller));
        poller.next();
        assertTrue(!isDueAtOnce(poller));
        assertEquals("1", poller.next().get(0).sequenceNumber());
        assertEquals(1, opened.size());
    }

    @Test
    void aDeletedStreamIsNotTriedAgain() {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.add(refused("ResourceNotFoundException"));
        assertThrows(KinesisException.class, poller::next);
    }

    @Test
    void anIteratorThatIsRefusedTwiceIsAnError() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(refused("InvalidArgumentException"), refused("InvalidArgumentException")));
        poller.next();
        assertThrows(KinesisException.class, poller::next);
    }

    @Test
    void anIteratorMayExpireAgainBeforeItCouldBeUsed() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(
                refused("ExpiredIteratorException"),
                refused("ProvisionedThroughputExceededException"),
                refused("ExpiredIteratorException"),
                result("n", 0, "1")));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, poller.next().size());
        }
        assertEquals("1", poller.next().get(0).sequenceNumber());
    }

    @Test
    void aReadComesNoSoonerThanAfterAFifthOfASecondOrTheIntervalThatWasAskedFor() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(result("n", 1000, "1"), result("n", 0)));
        poller.next();
        assertDue(poller, 200, 240);
        poller.next();
        assertDue(poller, 250, 250);
    }

    @Test
    void aRefusalOfTheSharedLimitIsTriedAgainSoonHoweverOftenItComes() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        for (int i = 0; i < 50; i++) {
            answers.add(refused("ProvisionedThroughputExceededException"));
            poller.next();
            assertDue(poller, 50, 350);
        }
    }

    private static void assertDue(ShardPoller poller, long fromMillis, long toMillis) {
        long wait = TimeUnit.NANOSECONDS.toMillis(poller.dueNanos() - System.nanoTime());
        // The read itself took a moment of the wait.
        assertTrue(wait >= fromMillis - 40 && wait <= toMillis, wait + " ms");
    }

    @Test
    void aLargeReadIsHandedOnInTurnsAndInBetweenTheShardsThatWaitedLongerAreFirst() throws Exception {
        String[] numbers = IntStream.range(0, 2 * Turns.MOST + 1)
                .mapToObj(Integer::toString)
                .toArray(String[]::new);
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        long before = System.nanoTime();
        answers.addAll(List.of(result(null, 0, numbers)));
        List<StreamRecord> handed = new ArrayList<>();
        for (int left = 3; left > 0; left--) {
            List<StreamRecord> turn = poller.next();
            assertEquals(left > 1 ? Turns.MOST : 2, turn.size());
            handed.addAll(turn);
            assertTrue(left == 1 || isDueAtOnce(poller) && poller.dueNanos() > before);
        }
        assertEquals(ShardBatch.SHARD_END, handed.remove(handed.size() - 1));
        assertEquals(
                List.of(numbers),
                handed.stream().map(StreamRecord::sequenceNumber).toList());
    }

    @Test
    void theEndOfAShardComesAfterItsLastRecord() throws Exception {
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.add(result(null, 0, "1"));
        List<StreamRecord> records = poller.next();
        assertEquals("1", records.get(0).sequenceNumber());
        assertEquals(ShardBatch.SHARD_END, records.get(1));
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgainBehindWhatWasHandedOn() throws Exception {
        String[] numbers = IntStream.rangeClosed(1, Turns.MOST + 1)
                .mapToObj(Integer::toString)
                .toArray(String[]::new);
        numbers[Turns.MOST] = "broken";
        ShardPoller poller = poller(StartPosition.TRIM_HORIZON);
        answers.addAll(List.of(result("n", 0, numbers), result("n", 0, "501")));
        assertEquals(Turns.MOST, poller.next().size());
        assertEquals(List.of(), poller.next());
        assertTrue(!isDueAtOnce(poller));
        assertEquals("501", poller.next().get(0).sequenceNumber());
        assertEquals(List.of(StartPosition.TRIM_HORIZON, StartPosition.after("500")), opened);
    }
}
