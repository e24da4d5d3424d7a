package ecommerce.flink.kinesis.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

/** A coordinator whose calls run when the test says so. */
final class FakeContext implements SplitEnumeratorContext<KinesisSplit> {
    final Map<Integer, List<KinesisSplit>> assigned = new TreeMap<>();
    final List<Map.Entry<Integer, SourceEvent>> events = new ArrayList<>();
    private final Map<Integer, ReaderInfo> readers = new TreeMap<>();
    private final Deque<Runnable> calls = new ArrayDeque<>();
    private final int parallelism;

    FakeContext(int parallelism) {
        this.parallelism = parallelism;
    }

    void register(int subtask, KinesisSplit... reported) {
        readers.put(subtask, ReaderInfo.createReaderInfo(subtask, "here", List.of(reported)));
    }

    void runCalls() {
        while (!calls.isEmpty()) {
            calls.poll().run();
        }
    }

    List<String> shardsOf(int subtask) {
        return assigned.getOrDefault(subtask, List.of()).stream()
                .map(KinesisSplit::shardId)
                .toList();
    }

    @Override
    public int currentParallelism() {
        return parallelism;
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
        return readers;
    }

    @Override
    public void assignSplits(SplitsAssignment<KinesisSplit> assignment) {
        assignment
                .assignment()
                .forEach((subtask, splits) -> assigned.computeIfAbsent(subtask, key -> new ArrayList<>())
                        .addAll(splits));
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
        events.add(Map.entry(subtask, event));
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
        calls.add(() -> {
            T result = null;
            Throwable failure = null;
            try {
                result = callable.call();
            } catch (Exception e) {
                failure = e;
            }
            handler.accept(result, failure);
        });
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
        // The periodic look is the same call again; tests make it through an event.
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
        throw new UnsupportedOperationException("a stream has no end");
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
        runnable.run();
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
        throw new UnsupportedOperationException("no metrics here");
    }
}
