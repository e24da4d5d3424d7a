package ecommerce.flink.kinesis.source;

import java.util.Set;
import org.apache.flink.api.common.watermark.LongWatermarkDeclaration;
import org.apache.flink.api.common.watermark.WatermarkDeclarations;
import org.apache.flink.api.connector.source.SourceReaderContext;

/**
 * Comes behind the records of a read, so that no exchange of the job keeps them for others.
 *
 * <p>A record waits in each exchange until its buffer is full, or {@code execution.buffer-timeout.interval} is over. An
 * event closes the buffer before it, and goes through the whole job: each operator hands it on. The one kind that a
 * source may send is a watermark of its own, which has nothing to do with event time:
 * https://cwiki.apache.org/confluence/display/FLINK/FLIP-467%3A+Introduce+Generalized+Watermarks.
 */
final class ReadMarker {
    private static final LongWatermarkDeclaration DECLARATION = WatermarkDeclarations.newBuilder("kinesis-read")
            .typeLong()
            .combineFunctionMax()
            .combineWaitForAllChannels(false)
            .defaultHandlingStrategyForward()
            .build();

    private final SourceReaderContext context;
    private long last;

    ReadMarker(SourceReaderContext context) {
        this.context = context;
    }

    static Set<LongWatermarkDeclaration> declarations() {
        return Set.of(DECLARATION);
    }

    /** Sends the next one: operators hand on nothing but what is greater, whichever subtask it comes from. */
    void send() {
        last = Math.max(last + 1, System.currentTimeMillis());
        context.emitWatermark(DECLARATION.newWatermark(last));
    }
}
