package ecommerce.flink.kinesis.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What writing records into a stream needs of the service. */
public interface RecordPuts {
    /** Sends up to 500 entries. Some may be taken and others not. */
    CompletableFuture<PutResult> putRecords(List<PutEntry> entries);
}
