package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.AwsConfig;
import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.Shard;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class KinesisEnumeratorTest {
    private static final Shard A = new Shard("a", List.of(), false, HashKeys.ALL);
    private static final Shard B = new Shard("b", List.of(), false, HashKeys.ALL);
    private static final Shard A_CLOSED = new Shard("a", List.of(), true, HashKeys.ALL);
    private static final Shard B_CLOSED = new Shard("b", List.of(), true, HashKeys.ALL);
    private static final Shard A1 = new Shard("a1", List.of("a"), false, HashKeys.ALL);
    private static final Shard A2 = new Shard("a2", List.of("a"), false, HashKeys.ALL);
    private static final Shard AB = new Shard("ab", List.of("a", "b"), false, HashKeys.ALL);

    private final List<Shard> shards = new ArrayList<>();
    private IOException refusal;

    private KinesisEnumerator enumerator(FakeContext context, StartPosition start, EnumeratorState state) {
        KinesisEnumerator enumerator = new KinesisEnumerator(
                context,
                config(start),
                () -> {
                    if (refusal != null) {
                        throw refusal;
                    }
                    return List.copyOf(shards);
                },
                () -> {},
                KinesisEnumerator.Upkeep.NONE,
                state);
        enumerator.start();
        return enumerator;
    }

    private KinesisEnumerator started(FakeContext context, StartPosition start) {
        KinesisEnumerator enumerator = enumerator(context, start, EnumeratorState.FRESH);
        for (int subtask = 0; subtask < context.currentParallelism(); subtask++) {
            context.register(subtask);
            enumerator.addReader(subtask);
        }
        context.runCalls();
        return enumerator;
    }

    static SourceConfig config(StartPosition start) {
        StreamArn stream = StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s");
        AwsConfig aws = new AwsConfig(
                "us-east-1", URI.create("http://127.0.0.1:1"), Map.of(), false, false, AwsConfig.CALL_TIMEOUT);
        return new SourceConfig(
                stream, aws, start, Duration.ofSeconds(10), 10_000, Duration.ofMillis(250), Duration.ZERO, null, null);
    }

    private static List<String> released(FakeContext context) {
        return context.events.stream()
                .filter(event -> event.getValue() instanceof ShardReleased)
                .map(event -> event.getKey() + ":" + ((ShardReleased) event.getValue()).shardId())
                .toList();
    }

    @Test
    void spreadsShardsEvenlyAndOnlyWhenAllReadersAreThere() {
        for (int i = 0; i < 7; i++) {
            shards.add(new Shard("s" + i, List.of(), false, HashKeys.ALL));
        }
        FakeContext context = new FakeContext(3);
        KinesisEnumerator enumerator = enumerator(context, StartPosition.TRIM_HORIZON, EnumeratorState.FRESH);
        context.runCalls();
        context.register(0);
        enumerator.addReader(0);
        context.register(1);
        enumerator.addReader(1);
        assertTrue(context.assigned.isEmpty());
        context.register(2);
        enumerator.addReader(2);
        assertEquals(
                List.of(3, 2, 2),
                context.assigned.values().stream().map(List::size).toList());
    }

    @Test
    void tellsReadersWithoutShards() {
        shards.add(A);
        FakeContext context = new FakeContext(2);
        started(context, StartPosition.LATEST);
        assertEquals(List.of("a"), context.shardsOf(0));
        assertEquals(List.of(Map.entry(1, new NoShards())), context.events);
    }

    @Test
    void childrenWaitUntilTheirParentIsDrainedAndGoToItsReader() {
        shards.addAll(List.of(A_CLOSED, A1, A2, B));
        FakeContext context = new FakeContext(2);
        KinesisEnumerator enumerator = started(context, StartPosition.TRIM_HORIZON);
        assertEquals(List.of("a"), context.shardsOf(0));
        assertEquals(List.of("b"), context.shardsOf(1));
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        context.runCalls();
        assertEquals(List.of("a", "a1", "a2"), context.shardsOf(0));
        assertEquals(List.of("0:a"), released(context));
    }

    @Test
    void mergedChildWaitsForBothParentsAndBothAreHeldUntilThen() {
        shards.addAll(List.of(A_CLOSED, B_CLOSED, AB));
        FakeContext context = new FakeContext(2);
        KinesisEnumerator enumerator = started(context, StartPosition.TRIM_HORIZON);
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        context.runCalls();
        assertEquals(List.of(), released(context));
        enumerator.handleSourceEvent(1, new ShardDrained("b"));
        context.runCalls();
        assertEquals(List.of("0:a", "1:b"), released(context));
        assertEquals(List.of("a", "ab"), context.shardsOf(0));
    }

    @Test
    void latestPassesOverClosedShardsAndReadsLaterOnesFromTheirBeginning() {
        shards.addAll(List.of(A_CLOSED, A1, B));
        FakeContext context = new FakeContext(1);
        KinesisEnumerator enumerator = started(context, StartPosition.LATEST);
        assertEquals(List.of("a1", "b"), context.shardsOf(0));
        Shard later = new Shard("a11", List.of("a1"), false, HashKeys.ALL);
        shards.add(later);
        enumerator.handleSourceEvent(0, new ShardDrained("a1"));
        context.runCalls();
        KinesisSplit split = context.assigned.get(0).get(2);
        assertEquals("a11", split.shardId());
        assertEquals(StartPosition.TRIM_HORIZON, split.position());
        assertEquals(StartPosition.LATEST, context.assigned.get(0).get(0).position());
    }

    @Test
    void timestampHoldsForEveryGeneration() {
        shards.addAll(List.of(A_CLOSED, A1));
        FakeContext context = new FakeContext(1);
        KinesisEnumerator enumerator = started(context, StartPosition.atTimestamp(5));
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        context.runCalls();
        assertEquals(
                StartPosition.atTimestamp(5), context.assigned.get(0).get(1).position());
    }

    @Test
    void expiredParentsAreNotWaitedFor() {
        shards.add(AB);
        FakeContext context = new FakeContext(1);
        started(context, StartPosition.TRIM_HORIZON);
        assertEquals(List.of("ab"), context.shardsOf(0));
    }

    @Test
    void restoredStateRemembersWhatIsDrainedAndAssigned() {
        shards.addAll(List.of(A_CLOSED, A1, B));
        FakeContext before = new FakeContext(1);
        KinesisEnumerator enumerator = started(before, StartPosition.TRIM_HORIZON);
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        before.runCalls();
        EnumeratorState state = enumerator.snapshotState(1);
        assertEquals(new EnumeratorState(true, Set.of("a", "a1", "b"), Set.of("a"), List.of()), state);

        FakeContext after = new FakeContext(2);
        KinesisEnumerator restored = enumerator(after, StartPosition.TRIM_HORIZON, state);
        after.register(0, split("a1"), split("b"));
        restored.addReader(0);
        after.runCalls();
        assertTrue(after.assigned.isEmpty());
        after.register(1);
        restored.addReader(1);
        assertEquals(List.of("a1"), after.shardsOf(0));
        assertEquals(List.of("b"), after.shardsOf(1));
    }

    @Test
    void readerRestoredWithADrainedShardIsReleasedAgain() {
        shards.addAll(List.of(A_CLOSED, A1));
        FakeContext context = new FakeContext(1);
        KinesisEnumerator enumerator = enumerator(
                context, StartPosition.TRIM_HORIZON, new EnumeratorState(true, Set.of("a"), Set.of(), List.of()));
        KinesisSplit drained = new KinesisSplit("a", StartPosition.after("7"), 1, HashKeys.ALL, true);
        context.register(0, drained);
        enumerator.addReader(0);
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        context.runCalls();
        assertEquals(List.of("a", "a1"), context.shardsOf(0));
        assertEquals(List.of("0:a"), released(context));
    }

    @Test
    void splitsOfAFailedReaderGoBackToIt() {
        shards.addAll(List.of(A, B));
        FakeContext context = new FakeContext(2);
        KinesisEnumerator enumerator = started(context, StartPosition.TRIM_HORIZON);
        List<KinesisSplit> lost = List.copyOf(context.assigned.get(1));
        context.assigned.clear();
        enumerator.addSplitsBack(lost, 1);
        assertEquals(lost, enumerator.snapshotState(1).unassigned());
        enumerator.addReader(1);
        assertEquals(Map.of(1, lost), context.assigned);
    }

    @Test
    void latestInACheckpointIsTheTimeOfTheStart() {
        shards.add(A);
        FakeContext context = new FakeContext(1);
        KinesisEnumerator enumerator = enumerator(context, StartPosition.LATEST, EnumeratorState.FRESH);
        long before = System.currentTimeMillis();
        context.runCalls();
        KinesisSplit kept = enumerator.snapshotState(1).unassigned().get(0);
        assertEquals(StartPosition.Type.AT_TIMESTAMP, kept.position().type());
        assertTrue(kept.position().timestampMillis() >= before);
    }

    @Test
    void missingStreamEndsTheJobAndNamesTheOption() {
        refusal = new KinesisException("ListShards", 400, "ResourceNotFoundException", "");
        FakeContext context = new FakeContext(1);
        enumerator(context, StartPosition.LATEST, EnumeratorState.FRESH);
        SuppressRestartsException end = assertThrows(SuppressRestartsException.class, context::runCalls);
        assertTrue(end.getCause().getMessage().startsWith("Option 'stream.arn': the stream arn:"));
    }

    @Test
    void refusedCredentialsEndTheJobAndNameTheOption() {
        refusal = new KinesisException("ListShards", 400, "UnrecognizedClientException", "The token is invalid.");
        FakeContext context = new FakeContext(1);
        enumerator(context, StartPosition.LATEST, EnumeratorState.FRESH);
        SuppressRestartsException end = assertThrows(SuppressRestartsException.class, context::runCalls);
        assertTrue(end.getCause().getMessage().startsWith("Option 'aws.credentials.provider': "));
    }

    @Test
    void runningJobOutlivesAServerThatIsAway() {
        shards.add(A);
        FakeContext context = new FakeContext(1);
        KinesisEnumerator enumerator = started(context, StartPosition.TRIM_HORIZON);
        refusal = new ConnectException("refused");
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        context.runCalls();
        refusal = new KinesisException("ListShards", 400, "ResourceNotFoundException", "");
        enumerator.handleSourceEvent(0, new ShardDrained("a"));
        assertThrows(SuppressRestartsException.class, context::runCalls);
    }

    private static KinesisSplit split(String shardId) {
        return new KinesisSplit(shardId, StartPosition.after("1"), 1, HashKeys.ALL, false);
    }
}
