package ecommerce.flink.kinesis.source;

import java.io.Serializable;
import java.time.Duration;

/**
 * What the table's options say about enhanced fan-out.
 *
 * @param consumer its name
 * @param jobManaged whether the job registers it and lets go of it; else somebody else does
 * @param silence after so long without an event a subscription is made anew
 * @param looks how often at most to look whether the consumer is active
 * @param firstPause the wait between two looks, doubled each time
 * @param longestPause the most of it
 */
public record FanOut(
        String consumer, boolean jobManaged, Duration silence, int looks, Duration firstPause, Duration longestPause)
        implements Serializable {}
