package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadPacerTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void aBacklogIsReadInBurstsOfFiveASecond() {
        ReadPacer pacer = new ReadPacer();
        List<Long> reads = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 20; i++) {
            now = pacer.atOnce(now);
            pacer.read(now);
            reads.add(now);
            now += MS;
        }
        for (int i = 5; i < reads.size(); i++) {
            assertTrue(reads.get(i) - reads.get(i - 5) >= 1000 * MS);
        }
        assertEquals(4 * MS, reads.get(4));
        assertEquals(3004 * MS, reads.get(19));
    }

    @Test
    void aShardThatHasCaughtUpIsReadAtAnEvenPace() {
        ReadPacer pacer = new ReadPacer();
        pacer.read(0);
        assertEquals(200 * MS, pacer.evenly(MS));
        assertEquals(500 * MS, pacer.evenly(500 * MS));
    }
}
