package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.util.List;

/** What one GetRecords brought, decoded as it is asked for: what waits for its turn stays one array. */
public interface RecordCursor {
    /** The next records, at most so many; fewer at the end. */
    List<StreamRecord> take(int most) throws IOException;

    /** Whether everything was taken; the rest of the answer is known from then on. */
    boolean isDone();

    /** The iterator to read on with, null at the end of a closed shard. */
    String next();

    /** How far the position is behind the newest record. */
    long millisBehindLatest();
}
