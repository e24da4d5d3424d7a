package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * What a read brought, handed on in turns: shards that wait while ten thousand records of another are worked on would
 * look idle to the watermark.
 */
final class Turns {
    /** So many records are handed on before the other shards have their turn. */
    static final int MOST = 500;

    private List<StreamRecord> batch = List.of();
    private int taken;
    private long takenNanos;

    boolean isEmpty() {
        return taken == batch.size();
    }

    /** When the last turn was. */
    long takenNanos() {
        return takenNanos;
    }

    void fill(List<StreamRecord> read) {
        batch = read;
        taken = 0;
    }

    List<StreamRecord> take() {
        int end = Math.min(taken + MOST, batch.size());
        List<StreamRecord> turn = new ArrayList<>(batch.subList(taken, end));
        taken = end;
        takenNanos = System.nanoTime();
        return turn;
    }
}
