package ecommerce.flink.kinesis.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.factories.FactoryUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    private static final String ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    private static final ResolvedSchema SCHEMA = ResolvedSchema.of(
            Column.physical("user_id", DataTypes.BIGINT()), Column.physical("tags", DataTypes.ARRAY(DataTypes.INT())));

    private static Map<String, String> options(String... pairs) {
        Map<String, String> options = new HashMap<>(Map.of(
                "connector", "kinesis", "stream.arn", ARN, "format", "json", "aws.endpoint", "http://127.0.0.1:4566"));
        for (int i = 0; i < pairs.length; i += 2) {
            options.put(pairs[i], pairs[i + 1]);
        }
        return options;
    }

    private static ResolvedCatalogTable table(List<String> partitionedBy, Map<String, String> options) {
        CatalogTable table = CatalogTable.newBuilder()
                .schema(Schema.newBuilder().fromResolvedSchema(SCHEMA).build())
                .partitionKeys(partitionedBy)
                .options(options)
                .build();
        return new ResolvedCatalogTable(table, SCHEMA);
    }

    private static void source(String... pairs) {
        FactoryUtil.createDynamicTableSource(
                null,
                ObjectIdentifier.of("c", "d", "t"),
                table(List.of(), options(pairs)),
                Map.of(),
                new Configuration(),
                OptionsTest.class.getClassLoader(),
                false);
    }

    private static void sink(List<String> partitionedBy, String... pairs) {
        FactoryUtil.createDynamicTableSink(
                null,
                ObjectIdentifier.of("c", "d", "t"),
                table(partitionedBy, options(pairs)),
                Map.of(),
                new Configuration(),
                OptionsTest.class.getClassLoader(),
                false);
    }

    private static String message(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }

    @Test
    void everyOptionThatIsDocumentedIsTaken() {
        source(
                "aws.region",
                "us-east-1",
                "aws.credentials.provider",
                "BASIC",
                "aws.credentials.basic.accesskeyid",
                "a",
                "aws.credentials.basic.secretkey",
                "b",
                "aws.trust.all.certificates",
                "true",
                "aws.http.protocol.version",
                "HTTP2",
                "source.init.position",
                "AT_TIMESTAMP",
                "source.init.timestamp",
                "2019-10-01T00:00:00.000Z",
                "source.shard.discovery.interval",
                "1 s",
                "source.shard.get-records.max-record-count",
                "100",
                "source.reader.empty-records-fetch-interval",
                "1 s",
                "source.dead-letter.stream.arn",
                ARN + "-dead",
                "scan.watermark.idle-timeout",
                "5 s",
                "scan.watermark.alignment.group",
                "g",
                "scan.watermark.alignment.max-drift",
                "1 min",
                "scan.watermark.alignment.update-interval",
                "1 s",
                "source.reader.nonempty-records-fetch-interval",
                "10 ms");
        sink(
                List.of("user_id"),
                "sink.partitioner-field-delimiter",
                ";",
                "sink.fail-on-error",
                "true",
                "sink.batch.max-size",
                "100",
                "sink.requests.max-inflight",
                "2",
                "sink.requests.max-buffered",
                "1000",
                "sink.flush-buffer.size",
                "65536",
                "sink.http-client.max-concurrency",
                "4",
                "sink.http-client.read-timeout",
                "1000",
                "sink.flush-buffer.timeout",
                "100",
                "sink.parallelism",
                "2");
        sink(List.of(), "sink.partitioner", "fixed");
    }

    /** Option and default as Apache's documentation of its SQL connector has them, version 6.0. */
    private static final Map<String, String> DOCUMENTED = Map.ofEntries(
            Map.entry("aws.region", "us-east-1"),
            Map.entry("aws.trust.all.certificates", "false"),
            Map.entry("aws.credentials.provider", "AUTO"),
            Map.entry("source.init.position", "LATEST"),
            Map.entry("source.init.timestamp.format", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"),
            Map.entry("source.shard.discovery.interval", "10 s"),
            Map.entry("source.reader.type", "POLLING"),
            Map.entry("source.reader.empty-records-fetch-interval", "250 ms"),
            Map.entry("source.reader.nonempty-records-fetch-interval", "0 ms"),
            Map.entry("source.shard.get-records.max-record-count", "10000"),
            Map.entry("source.efo.lifecycle", "JOB_MANAGED"),
            Map.entry("source.efo.subscription.timeout", "60 s"),
            Map.entry("source.efo.describe.retry-strategy.attempts.max", "100"),
            Map.entry("source.efo.describe.retry-strategy.delay.min", "2 s"),
            Map.entry("source.efo.describe.retry-strategy.delay.max", "60 s"),
            Map.entry("sink.partitioner", "random"),
            Map.entry("sink.partitioner-field-delimiter", "|"),
            Map.entry("sink.http-client.max-concurrency", "10000"),
            Map.entry("sink.http-client.read-timeout", "360000"),
            Map.entry("sink.http-client.protocol.version", "HTTP2"),
            Map.entry("sink.batch.max-size", "500"),
            Map.entry("sink.requests.max-inflight", "16"),
            Map.entry("sink.requests.max-buffered", "10000"),
            Map.entry("sink.flush-buffer.size", "5242880"),
            Map.entry("sink.flush-buffer.timeout", "5000"),
            Map.entry("sink.fail-on-error", "false"));

    @Test
    void oneTableWithEveryDocumentedDefaultIsReadAndWritten() {
        String[] pairs = DOCUMENTED.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new);
        source(pairs);
        sink(List.of(), pairs);
    }

    @ParameterizedTest
    @CsvSource({
        "source.efo.consumer.name, mine, needs",
        "source.efo.lifecycle, SELF_MANAGED, needs",
        "source.efo.subscription.timeout, 30 s, needs",
        "source.efo.describe.retry-strategy.attempts.max, 5, needs",
        "source.efo.describe.retry-strategy.delay.min, 1 s, needs",
        "source.efo.describe.retry-strategy.delay.max, 1 s, needs",
        "aws.credentials.custom.class, org.example.Mine, not supported",
        "aws.credentials.provider, CUSTOM, is not one of",
        "sink.producer.collection-max-count, 100, former connector",
    })
    void whatIsDocumentedAndWouldChangeNothingIsRefusedWithItsReason(String key, String value, String reason) {
        String message = message(assertThrows(ValidationException.class, () -> source(key, value)));
        assertTrue(message.contains("'" + key + "'") && message.contains(reason), message);
    }

    @ParameterizedTest
    @CsvSource({
        "stream.arn, my-stream",
        "source.init.position, EARLIEST",
        "source.init.position, AT_TIMESTAMP",
        "aws.credentials.provider, SECRET",
        "aws.credentials.provider, BASIC",
        "aws.credentials.provider, ASSUME_ROLE",
        "aws.endpoint, localhost:4566",
        "aws.region, eu-west-1",
        "source.shard.get-records.max-record-count, 20000",
        "source.shard.discovery.interval, 0 s",
        "source.reader.nonempty-records-fetch-interval, often",
        "source.shard.discovery.interval, often",
        "source.dead-letter.stream.arn, dead",
        "source.dead-letter.max-event-time-ahead, 1 h",
        "source.dead-letter.max-event-time-behind, 1 h",
        "source.init.positoin, LATEST",
        "aws.credentials.basic.secretkeys, x",
        "aws.http.protocol.version, HTTP3",
        "source.reader.type, PULLING",
    })
    void aWrongSourceOptionIsNamed(String key, String value) {
        ValidationException failure = assertThrows(ValidationException.class, () -> source(key, value));
        String expected = value.equals("AT_TIMESTAMP") ? "source.init.timestamp" : key;
        expected = value.equals("BASIC") ? "aws.credentials.basic.accesskeyid" : expected;
        expected = value.equals("ASSUME_ROLE") ? "aws.credentials.role.arn" : expected;
        assertTrue(message(failure).contains(expected), message(failure));
    }

    private static void fanOut(String... pairs) {
        source(Stream.concat(Stream.of("source.reader.type", "EFO"), Stream.of(pairs))
                .toArray(String[]::new));
    }

    @Test
    void fanOutTakesItsOptionsAndNeedsAConsumersName() {
        fanOut(
                "source.efo.consumer.name",
                "mine",
                "source.efo.lifecycle",
                "SELF_MANAGED",
                "source.efo.subscription.timeout",
                "30 s",
                "source.efo.describe.retry-strategy.attempts.max",
                "5",
                "source.efo.describe.retry-strategy.delay.min",
                "1 s",
                "source.efo.describe.retry-strategy.delay.max",
                "1 s");
        assertTrue(message(assertThrows(ValidationException.class, () -> fanOut()))
                .contains("'source.efo.consumer.name' is missing"));
    }

    @ParameterizedTest
    @CsvSource({
        "source.efo.consumer.name, my consumer",
        "source.efo.lifecycle, NOBODY",
        "source.efo.subscription.timeout, 0 s",
        "source.efo.describe.retry-strategy.attempts.max, 0",
        "source.efo.describe.retry-strategy.delay.min, 0 s",
        "source.efo.describe.retry-strategy.delay.max, 1 s",
    })
    void aWrongOptionOfFanOutIsNamed(String key, String value) {
        ValidationException failure = assertThrows(
                ValidationException.class,
                () -> fanOut(
                        key.endsWith("name")
                                ? new String[] {key, value}
                                : new String[] {"source.efo.consumer.name", "mine", key, value}));
        assertTrue(message(failure).contains(key), message(failure));
    }

    @ParameterizedTest
    @CsvSource({
        "sink.partitioner, org.example.Mine",
        "sink.batch.max-size, 501",
        "sink.requests.max-buffered, 10",
        "sink.flush-buffer.size, 0",
        "sink.flush-buffer.size, 10485761",
        "sink.http-client.max-concurrency, 0",
        "sink.http-client.read-timeout, 0",
        "sink.flush-buffer.timeout, 0",
        "sink.flush.timeout, 1",
    })
    void aWrongSinkOptionIsNamed(String key, String value) {
        ValidationException failure = assertThrows(ValidationException.class, () -> sink(List.of(), key, value));
        assertTrue(message(failure).contains(key), message(failure));
    }

    @Test
    void partitionedByExcludesAPartitionerAndTakesPlainColumns() {
        assertTrue(message(assertThrows(
                        ValidationException.class, () -> sink(List.of("user_id"), "sink.partitioner", "random")))
                .contains("sink.partitioner"));
        assertTrue(message(assertThrows(ValidationException.class, () -> sink(List.of("tags"))))
                .contains("PARTITIONED BY tags"));
    }

    @Test
    void theReadmeListsEveryOption() throws Exception {
        String readme = java.nio.file.Files.readString(java.nio.file.Path.of("README.md"));
        List<String> missing = KinesisOptions.OPTIONAL.stream()
                .map(option -> option.key())
                .filter(key -> !readme.contains("`" + key + "`"))
                .collect(Collectors.toList());
        assertEquals(List.of(), missing);
    }
}
