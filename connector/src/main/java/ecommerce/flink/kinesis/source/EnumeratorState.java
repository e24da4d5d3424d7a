package ecommerce.flink.kinesis.source;

import java.util.List;
import java.util.Set;

/**
 * What the enumerator must not forget.
 *
 * @param discovered whether the stream was listed once: shards found later are read from their beginning
 * @param known shards that were handed out, or passed over because the job began after them
 * @param finished those of them that hold nothing more to read: their children may be read
 * @param unassigned splits that wait for a reader
 */
record EnumeratorState(boolean discovered, Set<String> known, Set<String> finished, List<KinesisSplit> unassigned) {

    static final EnumeratorState FRESH = new EnumeratorState(false, Set.of(), Set.of(), List.of());
}
