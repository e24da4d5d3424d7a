package ecommerce.flink.kinesis.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PackedRecordsTest {
    @Test
    void recordsComeOutAsTheyWentInHoweverManyAndWithoutData() {
        PackedRecords records = new PackedRecords(3);
        for (int i = 0; i < 1000; i++) {
            records.add("x".repeat(i % 7).getBytes(StandardCharsets.UTF_8), "4966" + i, 1_569_888_000_000L + i);
        }
        assertEquals(1000, records.size());
        for (int i = 0; i < 1000; i++) {
            assertArrayEquals(
                    "x".repeat(i % 7).getBytes(StandardCharsets.UTF_8),
                    records.get(i).data());
            assertEquals("4966" + i, records.get(i).sequenceNumber());
            assertEquals(1_569_888_000_000L + i, records.get(i).arrivalMillis());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> records.get(1000));
    }
}
