package ecommerce.flink.kinesis.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ecommerce.flink.kinesis.api.FakeService;
import ecommerce.flink.kinesis.api.KinesisException;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamArn;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who registers a consumer and who lets go of it, against a server whose answers the test has written down. */
class ConsumerTest {
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final String MISSING = "{\"__type\":\"ResourceNotFoundException\",\"message\":\"no such consumer\"}";
    private static final String IN_USE = "{\"__type\":\"ResourceInUseException\",\"message\":\"being deleted\"}";
    private static final String DENIED = "{\"__type\":\"AccessDeniedException\",\"message\":\"not allowed\"}";

    private FakeService service;

    @BeforeEach
    void serve() throws IOException {
        service = new FakeService();
        System.setProperty("aws.cborEnabled", "false");
    }

    @AfterEach
    void stop() {
        service.close();
        System.clearProperty("aws.cborEnabled");
    }

    private Consumer consumer(boolean jobManaged) {
        SourceConfig config = new SourceConfig(
                StreamArn.parse("arn:aws:kinesis:us-east-1:000000000000:stream/s"),
                service.config(),
                StartPosition.LATEST,
                SHORT,
                1,
                SHORT,
                SHORT,
                new FanOut("mine", jobManaged, SHORT, 4, SHORT, SHORT),
                null);
        return new Consumer(config);
    }

    private static String consumerOf(String member, String status) {
        return "{\"" + member + "\":{\"ConsumerName\":\"mine\",\"ConsumerARN\":\"arn\",\"ConsumerStatus\":\"" + status
                + "\"}}";
    }

    @Test
    void aMissingOneIsRegisteredAndWaitedFor() throws Exception {
        service.answer(400, MISSING);
        service.answer(200, consumerOf("Consumer", "CREATING"));
        service.answer(200, consumerOf("ConsumerDescription", "CREATING"));
        service.answer(200, consumerOf("ConsumerDescription", "ACTIVE"));
        consumer(true).run();
        assertEquals(
                List.of(
                        "DescribeStreamConsumer",
                        "RegisterStreamConsumer",
                        "DescribeStreamConsumer",
                        "DescribeStreamConsumer"),
                service.asked());
    }

    @Test
    void oneOfTheSameNameThatIsStillBeingDeletedIsWaitedFor() throws Exception {
        service.answer(200, consumerOf("ConsumerDescription", "DELETING"));
        service.answer(400, MISSING);
        service.answer(400, IN_USE);
        service.answer(400, MISSING);
        service.answer(200, consumerOf("Consumer", "ACTIVE"));
        consumer(true).run();
        assertEquals(5, service.asked().size());
    }

    @Test
    void aMissingOneOfSomebodyElseEndsTheJobByTheOptionsName() {
        service.answer(400, MISSING);
        SuppressRestartsException end = assertThrows(
                SuppressRestartsException.class, () -> consumer(false).run());
        assertTrue(end.getCause().getMessage().contains("Option 'source.efo.consumer.name'"));
        assertEquals(List.of("DescribeStreamConsumer"), service.asked());
    }

    @Test
    void oneThatNeverBecomesActiveIsAnErrorAfterSoManyLooks() {
        for (int look = 0; look < 4; look++) {
            service.answer(200, consumerOf("ConsumerDescription", "CREATING"));
        }
        assertTrue(assertThrows(IOException.class, () -> consumer(true).run())
                .getMessage()
                .contains("not active after 4 looks"));
    }

    @Test
    void aRefusalIsNotTriedAgain() {
        service.answer(400, DENIED);
        assertThrows(KinesisException.class, () -> consumer(true).run());
        assertEquals(1, service.asked().size());
    }

    @Test
    void theJobLetsGoOfItsOwnAlone() {
        consumer(false).close();
        assertEquals(List.of(), service.asked());
        service.answer(200, "{}");
        consumer(true).close();
        assertEquals(List.of("DeregisterStreamConsumer"), service.asked());
    }
}
