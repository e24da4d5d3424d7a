package ecommerce.flink.kinesis.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamArnTest {
    @Test
    void readsRegionAndName() {
        StreamArn arn = StreamArn.parse("arn:aws-cn:kinesis:cn-north-1:123456789012:stream/a.b_c-1");
        assertEquals("cn-north-1", arn.region());
        assertEquals("a.b_c-1", arn.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stream",
                "arn:aws:kinesis:us-east-1:1:stream/s",
                "arn:aws:s3:::bucket",
                "arn:aws:kinesis:us-east-1:123456789012:stream/",
                "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1"
            })
    void refusesWhatIsNoStream(String text) {
        assertThrows(IllegalArgumentException.class, () -> StreamArn.parse(text));
    }
}
