package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.ReadResult;
import ecommerce.flink.kinesis.api.ShardPushes;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardSubscriberTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<StartPosition> opened = new ArrayList<>();
    private IOException refusal;
    private ShardPushes.Listener listener;
    private int more;
    private int cancelled;
    private int arrived;

    private final ShardPushes pushes = (shardId, position, to) -> {
        opened.add(position);
        if (refusal != null) {
            throw refusal;
        }
        listener = to;
        return new ShardPushes.Subscription() {
            @Override
            public void more() {
                more++;
            }

            @Override
            public void cancel() {
                cancelled++;
            }
        };
    };

    private ShardSubscriber subscriber(StartPosition start, Duration silence) {
        KinesisSplit split = new KinesisSplit("shard", start, 77, HashKeys.ALL, false);
        return new ShardSubscriber(split, pushes, silence, () -> arrived++);
    }

    private ShardSubscriber subscribed(StartPosition start) throws Exception {
        ShardSubscriber subscriber = subscriber(start, LONG);
        assertEquals(List.of(), subscriber.next());
        return subscriber;
    }

    private static ReadResult event(String next, String... sequenceNumbers) {
        List<StreamRecord> records = new ArrayList<>();
        for (String number : sequenceNumbers) {
            records.add(new StreamRecord(new byte[0], number, 0));
        }
        return new ReadResult(records, next, 0);
    }

    private static List<String> numbers(List<StreamRecord> records) {
        return records.stream().map(StreamRecord::sequenceNumber).toList();
    }

    private static boolean isDue(ShardSubscriber subscriber) {
        return subscriber.dueNanos() - System.nanoTime() <= 0;
    }

    private static KinesisException refused(String code) {
        return new KinesisException("SubscribeToShard", 400, code, "");
    }

    @Test
    void itIsDueAsSoonAsSomethingIsPushed() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        assertTrue(!isDue(subscriber));
        listener.pushed(event("2", "1", "2"));
        assertEquals(1, arrived);
        assertTrue(isDue(subscriber));
        assertEquals(List.of("1", "2"), numbers(subscriber.next()));
        assertTrue(!isDue(subscriber));
    }

    @Test
    void moreIsAskedForOnlyWhenAllThatCameWasTaken() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        listener.pushed(event("1", "1"));
        listener.pushed(event("2", "2"));
        subscriber.next();
        assertEquals(0, more);
        subscriber.next();
        assertEquals(1, more);
    }

    @Test
    void whenTheServiceEndsASubscriptionTheNextBeginsAtOnceWhereTheLastEventWas() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        listener.pushed(event("2", "1", "2"));
        listener.pushed(event("5"));
        listener.ended(null);
        assertEquals(List.of("1", "2"), numbers(subscriber.next()));
        assertEquals(List.of(), subscriber.next());
        assertEquals(List.of(), subscriber.next());
        assertTrue(isDue(subscriber));
        subscriber.next();
        assertEquals(List.of(StartPosition.TRIM_HORIZON, StartPosition.after("5")), opened);
    }

    @Test
    void whatAnEndedSubscriptionStillSaysIsNotHeard() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        ShardPushes.Listener first = listener;
        first.ended(null);
        subscriber.next();
        subscriber.next();
        first.pushed(event("1", "1"));
        assertEquals(List.of(), subscriber.next());
        listener.pushed(event("1", "1"));
        assertEquals(List.of("1"), numbers(subscriber.next()));
    }

    @Test
    void latestIsOpenedOnceAndThenMeansTheTimeOfTheStart() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.LATEST);
        listener.ended(new SocketException("reset"));
        subscriber.next();
        subscriber.next();
        assertEquals(List.of(StartPosition.LATEST, StartPosition.atTimestamp(77)), opened);
    }

    @Test
    void aShardThatAnotherSubscriptionHoldsAndAConsumerThatIsMissingAreTriedAgainLater() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        for (String code : List.of("ResourceInUseException", "ResourceNotFoundException", "LimitExceededException")) {
            listener.ended(refused(code));
            subscriber.next();
            assertTrue(!isDue(subscriber), code);
            subscriber.next();
        }
        refusal = new SocketException("no connection");
        listener.ended(null);
        subscriber.next();
        subscriber.next();
        assertTrue(!isDue(subscriber));
    }

    @Test
    void aRefusalThatTimeDoesNotMendIsAnError() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        listener.ended(refused("AccessDeniedException"));
        assertThrows(KinesisException.class, subscriber::next);
    }

    @Test
    void aSilentSubscriptionIsMadeAnew() throws Exception {
        ShardSubscriber subscriber = subscriber(StartPosition.TRIM_HORIZON, Duration.ZERO);
        subscriber.next();
        assertTrue(isDue(subscriber));
        subscriber.next();
        assertEquals(1, cancelled);
        subscriber.next();
        assertEquals(2, opened.size());
    }

    @Test
    void aLargeEventIsHandedOnInTurnsAndTheEndOfTheShardComesLast() throws Exception {
        ShardSubscriber subscriber = subscribed(StartPosition.TRIM_HORIZON);
        String[] numbers =
                IntStream.range(0, Turns.MOST + 1).mapToObj(Integer::toString).toArray(String[]::new);
        listener.pushed(event(null, numbers));
        assertEquals(Turns.MOST, subscriber.next().size());
        assertTrue(isDue(subscriber));
        List<StreamRecord> last = subscriber.next();
        assertEquals(2, last.size());
        assertEquals(ShardBatch.SHARD_END, last.get(1));
        assertEquals(1, cancelled);
    }
}
