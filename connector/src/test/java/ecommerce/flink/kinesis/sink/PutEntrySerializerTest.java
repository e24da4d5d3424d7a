package ecommerce.flink.kinesis.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.PutEntry;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class PutEntrySerializerTest {
    /** Flink's mark and count, then size, key and bytes as version 1 wrote them. */
    private static final String STATE_V1 =
            "ffffffffffffffff" + "00000001" + "000000000000000c" + "00036b6579" + "0000000300ff07";

    @Test
    void unsentRecordsComeBackAsTheyWere() throws Exception {
        PutEntrySerializer serializer = new PutEntrySerializer();
        PutEntry entry = new PutEntry(new byte[] {0, -1, 7}, "schlüssel");
        BufferedRequestState<PutEntry> state =
                new BufferedRequestState<>(List.of(new RequestEntryWrapper<>(entry, 12)));
        BufferedRequestState<PutEntry> restored = serializer.deserialize(1, serializer.serialize(state));
        PutEntry back = restored.getBufferedRequestEntries().get(0).getRequestEntry();
        assertEquals("schlüssel", back.partitionKey());
        assertArrayEquals(entry.data(), back.data());
    }

    @Test
    void stateOfVersionOneIsStillRead() throws Exception {
        BufferedRequestState<PutEntry> restored =
                new PutEntrySerializer().deserialize(1, HexFormat.of().parseHex(STATE_V1));
        assertEquals(1, restored.getBufferedRequestEntries().size());
        assertEquals(12, restored.getStateSize());
        PutEntry entry = restored.getBufferedRequestEntries().get(0).getRequestEntry();
        assertEquals("key", entry.partitionKey());
        assertArrayEquals(new byte[] {0, -1, 7}, entry.data());
    }

    @Test
    void stateOfAnUnknownVersionIsRefused() {
        IOException refusal =
                assertThrows(IOException.class, () -> new PutEntrySerializer().deserialize(2, new byte[0]));
        assertTrue(refusal.getMessage().contains("version 2"), refusal.getMessage());
    }
}
