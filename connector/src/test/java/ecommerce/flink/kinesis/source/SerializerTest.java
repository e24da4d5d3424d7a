package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StartPosition;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerializerTest {
    /** Bytes as version 1 wrote them: whatever version follows must go on reading these. */
    private static final String SPLIT_V1 =
            "001473686172644964" + "2d303030303030303030303033" + "001541465445525f53455155454e43455f4e554d424552"
                    + "0000000000000000" + "00063439363630" + "31" + "0000016d849dd800" + "01";

    private static final HashKeys KEYS = new HashKeys(BigInteger.TWO, BigInteger.ONE.shiftLeft(127));

    static Stream<KinesisSplit> splits() {
        return Stream.of(
                        StartPosition.TRIM_HORIZON,
                        StartPosition.LATEST,
                        StartPosition.atTimestamp(1_569_888_000_123L),
                        StartPosition.after("49660000000000000000000000000000000000000000000000000001"))
                .flatMap(position -> Stream.of(true, false)
                        .map(drained ->
                                new KinesisSplit("shardId-000000000003", position, 1_569_888_000_000L, KEYS, drained)));
    }

    private static KinesisSplit split(String versionOne) throws IOException {
        return KinesisSplitSerializer.INSTANCE.deserialize(1, HexFormat.of().parseHex(versionOne));
    }

    @ParameterizedTest
    @MethodSource("splits")
    void splitComesBackAsItWas(KinesisSplit split) throws IOException {
        KinesisSplitSerializer serializer = KinesisSplitSerializer.INSTANCE;
        assertEquals(split, serializer.deserialize(serializer.getVersion(), serializer.serialize(split)));
    }

    @Test
    void enumeratorStateComesBackAsItWas() throws IOException {
        EnumeratorStateSerializer serializer = EnumeratorStateSerializer.INSTANCE;
        EnumeratorState state = new EnumeratorState(true, Set.of("a", "b", "c"), Set.of("a"), splits().toList());
        assertEquals(state, serializer.deserialize(serializer.getVersion(), serializer.serialize(state)));
        assertEquals(EnumeratorState.FRESH, serializer.deserialize(1, serializer.serialize(EnumeratorState.FRESH)));
    }

    @Test
    void splitOfVersionOneIsStillRead() throws IOException {
        KinesisSplit split = split(SPLIT_V1);
        assertEquals(
                new KinesisSplit(
                        "shardId-000000000003", StartPosition.after("496601"), 1_569_888_000_000L, HashKeys.ALL, true),
                split);
    }

    @Test
    void enumeratorStateOfVersionOneIsStillRead() throws IOException {
        byte[] bytes = HexFormat.of()
                .parseHex("01" + "00000002" + "000161" + "000162" + "00000001" + "000161" + "00000001" + SPLIT_V1);
        assertEquals(
                new EnumeratorState(true, Set.of("a", "b"), Set.of("a"), List.of(split(SPLIT_V1))),
                EnumeratorStateSerializer.INSTANCE.deserialize(1, bytes));
    }

    @Test
    void stateOfAnUnknownVersionIsRefused() {
        IOException refusal =
                assertThrows(IOException.class, () -> KinesisSplitSerializer.INSTANCE.deserialize(3, new byte[0]));
        assertTrue(refusal.getMessage().contains("version 3"), refusal.getMessage());
    }
}
