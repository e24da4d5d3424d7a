package ecommerce.flink.kinesis.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ecommerce.flink.kinesis.api.PutEntry;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class PutEntrySerializerTest {
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
}
