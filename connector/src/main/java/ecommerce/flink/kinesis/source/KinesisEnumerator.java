package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.Failures;
import ecommerce.flink.kinesis.api.Shard;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.Startup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds shards and spreads them over the readers.
 *
 * <p><b>Threads.</b> Flink runs every method of the interface and the two handlers of a listing, {@code onFirstListing}
 * and {@code onLaterListing}, in one thread, the coordinator's: all fields belong to it and need no lock. Only
 * {@code firstList} and {@code list}, which {@code callAsync} runs in a worker's thread, wait for the service; they
 * read nothing but final fields and return what they found.
 *
 * <p><b>The life of a split</b>, and where it stands meanwhile:
 *
 * <ol>
 *   <li><b>Listed</b> (in no field): a shard that is not known yet and has a parent that is not drained waits for the
 *       listing after that. One that closed before a job from LATEST began is never read: {@code known} and
 *       {@code finished} at once.
 *   <li><b>Unassigned</b> ({@code known}, {@code unassigned}): its parents are finished or no longer listed. A child
 *       goes to a reader that holds a parent's watermark, all others are spread once every reader has registered.
 *   <li><b>Read</b> ({@code owners}): the reader's checkpoints hold its position. When the reader is lost, Flink gives
 *       the split back ({@code addSplitsBack}, or reported by {@code addReader} after a restore) and it is unassigned
 *       again.
 *   <li><b>Drained</b> ({@code finished}, {@code held}, still in {@code owners}): a closed shard's last record was
 *       handed on ({@link ShardDrained}). The reader keeps the split, and so its watermark, and the stream is listed
 *       for the children, which are unassigned now.
 *   <li><b>Released</b> (out of {@code owners} and {@code held}): the children have readers, or a listing begun after
 *       the drain shows none; {@link ShardReleased} lets the reader drop the split. {@code known} and {@code finished}
 *       keep its name.
 * </ol>
 *
 * <p>A child is handed to a reader that drained a parent because that reader holds the parent's watermark until the
 * child has its own, so no watermark runs ahead of the child's first record. What this costs in evenness is mended at
 * the next restore, when all splits are spread anew.
 */
final class KinesisEnumerator implements SplitEnumerator<KinesisSplit, EnumeratorState> {
    private static final Logger LOG = LoggerFactory.getLogger(KinesisEnumerator.class);

    /** Whatever else must be right before a fresh job begins. */
    interface StartCheck {
        void run() throws Exception;
    }

    /** What has to be so while the job runs, looked at before each listing. */
    interface Upkeep {
        Upkeep NONE = new Upkeep() {
            @Override
            public void run() {}

            @Override
            public void close() {}
        };

        void run() throws IOException, InterruptedException;

        /** Ends it with the job. */
        void close();
    }

    private record Listing(List<Shard> shards, long begunNanos) {}

    /** A drained shard whose watermark its reader still holds. */
    private record Held(int subtask, long sinceNanos) {}

    private final SplitEnumeratorContext<KinesisSplit> context;
    private final SourceConfig config;
    private final Startup.ShardList shardList;
    private final StartCheck startCheck;
    private final Upkeep upkeep;
    private final Set<String> known;
    private final Set<String> finished;
    private final List<KinesisSplit> unassigned;
    private final Map<String, Integer> owners = new HashMap<>();
    private final Map<String, Held> held = new TreeMap<>();
    private boolean discovered;

    KinesisEnumerator(
            SplitEnumeratorContext<KinesisSplit> context,
            SourceConfig config,
            Startup.ShardList shardList,
            StartCheck startCheck,
            Upkeep upkeep,
            EnumeratorState state) {
        this.context = context;
        this.config = config;
        this.shardList = shardList;
        this.startCheck = startCheck;
        this.upkeep = upkeep;
        this.discovered = state.discovered();
        this.known = new TreeSet<>(state.known());
        this.finished = new TreeSet<>(state.finished());
        this.unassigned = new ArrayList<>(state.unassigned());
    }

    @Override
    public void start() {
        if (discovered) {
            context.callAsync(this::list, this::onLaterListing);
        } else {
            context.callAsync(this::firstList, this::onFirstListing);
        }
        long interval = config.discoveryInterval().toMillis();
        context.callAsync(this::list, this::onLaterListing, interval, interval);
    }

    @Override
    public void addReader(int subtask) {
        // After a restore the readers report what they held; all of it is spread anew.
        List<KinesisSplit> reported = context.registeredReaders().get(subtask).getReportedSplitsOnRegistration();
        owners.values().removeIf(owner -> owner == subtask);
        held.values().removeIf(holding -> holding.subtask() == subtask);
        unassigned.addAll(reported);
        assign();
    }

    @Override
    public void addSplitsBack(List<KinesisSplit> splits, int subtask) {
        owners.values().removeIf(owner -> owner == subtask);
        unassigned.addAll(splits);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        ShardDrained drained = (ShardDrained) event;
        LOG.info("Shard {} is drained by reader {}", drained.shardId(), subtask);
        finished.add(drained.shardId());
        held.put(drained.shardId(), new Held(subtask, System.nanoTime()));
        context.callAsync(this::list, this::onLaterListing);
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        // Readers are told what to read and never ask.
    }

    @Override
    public EnumeratorState snapshotState(long checkpointId) {
        return new EnumeratorState(
                discovered,
                Set.copyOf(known),
                Set.copyOf(finished),
                unassigned.stream().map(KinesisSplit::forCheckpoint).toList());
    }

    @Override
    public void close() {
        upkeep.close();
    }

    private Listing firstList() throws Exception {
        startCheck.run();
        List<Shard> shards = Startup.list(shardList, config.stream(), config.aws(), "stream.arn");
        upkeep.run();
        return new Listing(shards, System.nanoTime());
    }

    private Listing list() throws IOException, InterruptedException {
        upkeep.run();
        long begun = System.nanoTime();
        return new Listing(shardList.get(), begun);
    }

    private void onFirstListing(Listing listing, Throwable failure) {
        if (failure != null) {
            throw fatal(failure);
        }
        onListing(listing);
    }

    private void onLaterListing(Listing listing, Throwable failure) {
        if (failure == null) {
            onListing(listing);
        } else if (failure instanceof IOException later && Failures.isTransient(later)) {
            LOG.warn(
                    "Listing the shards of {} failed; again in {}", config.stream(), config.discoveryInterval(), later);
        } else {
            throw fatal(failure);
        }
    }

    private RuntimeException fatal(Throwable failure) {
        Throwable explained = failure instanceof IOException refused
                ? Failures.explained(refused, config.stream(), "stream.arn")
                : failure;
        return explained instanceof RuntimeException clear ? clear : new IllegalStateException(explained);
    }

    private void onListing(Listing listing) {
        Map<String, Shard> listed = listing.shards().stream()
                .collect(Collectors.toMap(Shard::id, shard -> shard, (a, b) -> a, TreeMap::new));
        if (!discovered && config.start().type() == StartPosition.Type.LATEST) {
            // What was closed before the start holds nothing newer than the start.
            listed.values().stream().filter(Shard::closed).forEach(shard -> {
                known.add(shard.id());
                finished.add(shard.id());
            });
        }
        // A shard that appears later begins after the start, so LATEST there is its beginning.
        boolean lateComer = discovered && config.start().type() == StartPosition.Type.LATEST;
        StartPosition start = lateComer ? StartPosition.TRIM_HORIZON : config.start();
        for (Shard shard : listed.values()) {
            if (!known.contains(shard.id()) && isReady(shard, listed)) {
                known.add(shard.id());
                unassigned.add(
                        new KinesisSplit(shard.id(), start, System.currentTimeMillis(), shard.hashKeys(), false));
            }
        }
        discovered = true;
        assignChildren(listed);
        release(listed, listing.begunNanos());
        assign();
    }

    private boolean isReady(Shard shard, Map<String, Shard> listed) {
        return shard.parents().stream().allMatch(parent -> finished.contains(parent) || !listed.containsKey(parent));
    }

    /** Children go where their parents' watermarks are held. */
    private void assignChildren(Map<String, Shard> listed) {
        for (KinesisSplit split : List.copyOf(unassigned)) {
            Shard shard = listed.get(split.shardId());
            if (shard == null) {
                continue;
            }
            shard.parents().stream()
                    .map(held::get)
                    .filter(holding ->
                            holding != null && context.registeredReaders().containsKey(holding.subtask()))
                    .map(Held::subtask)
                    .min(Comparator.comparing(this::load))
                    .ifPresent(subtask -> {
                        unassigned.remove(split);
                        hand(Map.of(subtask, List.of(split)));
                    });
        }
    }

    /** Spreads what is left over all readers at once, so that none starts ahead of the others. */
    private void assign() {
        if (!discovered || context.registeredReaders().size() < context.currentParallelism()) {
            return;
        }
        Map<Integer, List<KinesisSplit>> shares = new TreeMap<>();
        unassigned.sort(Comparator.comparing(KinesisSplit::shardId));
        for (KinesisSplit split : unassigned) {
            int subtask = IntStream.range(0, context.currentParallelism())
                    .boxed()
                    .min(Comparator.comparing(this::load))
                    .orElseThrow();
            owners.put(split.shardId(), subtask);
            shares.computeIfAbsent(subtask, key -> new ArrayList<>()).add(split);
        }
        unassigned.clear();
        hand(shares);
        IntStream.range(0, context.currentParallelism())
                .filter(subtask -> load(subtask) == 0)
                .forEach(subtask -> context.sendEventToSourceReader(subtask, new NoShards()));
    }

    private void hand(Map<Integer, List<KinesisSplit>> shares) {
        shares.forEach((subtask, splits) -> splits.forEach(split -> {
            owners.put(split.shardId(), subtask);
            LOG.info("Shard {} goes to reader {} from {}", split.shardId(), subtask, split.position());
        }));
        if (!shares.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(shares));
        }
    }

    private int load(int subtask) {
        return (int) owners.values().stream().filter(owner -> owner == subtask).count();
    }

    /** Lets go of drained shards whose children all have their own readers. */
    private void release(Map<String, Shard> listed, long listingBegunNanos) {
        held.entrySet().removeIf(entry -> {
            String shardId = entry.getKey();
            Held holding = entry.getValue();
            List<String> children = listed.values().stream()
                    .filter(shard -> shard.parents().contains(shardId))
                    .map(Shard::id)
                    .toList();
            boolean childless = children.isEmpty() && listingBegunNanos - holding.sinceNanos() > 0;
            boolean handedOn = !children.isEmpty()
                    && children.stream().allMatch(child -> owners.containsKey(child) || finished.contains(child));
            boolean registered = context.registeredReaders().containsKey(holding.subtask());
            if (registered && (childless || handedOn)) {
                owners.remove(shardId);
                context.sendEventToSourceReader(holding.subtask(), new ShardReleased(shardId));
                return true;
            }
            return false;
        });
    }
}
