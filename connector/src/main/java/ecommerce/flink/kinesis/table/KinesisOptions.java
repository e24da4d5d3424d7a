package ecommerce.flink.kinesis.table;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.connector.base.table.AsyncSinkConnectorOptions;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The table options, named as Apache's connector names them:
 * https://nightlies.apache.org/flink/flink-docs-stable/docs/connectors/table/kinesis/.
 */
final class KinesisOptions {
    private KinesisOptions() {}

    static final ConfigOption<String> STREAM_ARN = text("stream.arn", "The stream.");
    static final ConfigOption<String> REGION =
            text("aws.region", "The stream's region; by default the one in its ARN.");
    static final ConfigOption<String> ENDPOINT = text(
            "aws.endpoint",
            "The service's URL; by default AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, or the region's own.");
    static final ConfigOption<Boolean> TRUST_ALL = ConfigOptions.key("aws.trust.all.certificates")
            .booleanType()
            .defaultValue(false)
            .withDescription("Accepts every certificate; for test servers only.");
    static final ConfigOption<String> HTTP_PROTOCOL = ConfigOptions.key("aws.http.protocol.version")
            .stringType()
            .defaultValue("HTTP1_1")
            .withFallbackKeys("sink.http-client.protocol.version")
            .withDescription("HTTP1_1 or HTTP2.");

    /** The options of {@link ecommerce.flink.kinesis.api.Credentials}, which reads them itself. */
    static final Set<ConfigOption<?>> CREDENTIALS = Set.of(
            text(
                    "aws.credentials.provider",
                    "AUTO (default), BASIC, ENV_VAR, SYS_PROP, PROFILE, ASSUME_ROLE" + " or WEB_IDENTITY_TOKEN."),
            text("aws.credentials.basic.accesskeyid", "For BASIC."),
            text("aws.credentials.basic.secretkey", "For BASIC."),
            text("aws.credentials.profile.path", "For PROFILE: the credentials file."),
            text("aws.credentials.profile.name", "For PROFILE."),
            text("aws.credentials.role.arn", "For ASSUME_ROLE and WEB_IDENTITY_TOKEN."),
            text("aws.credentials.role.sessionName", "For ASSUME_ROLE and WEB_IDENTITY_TOKEN."),
            text("aws.credentials.role.externalId", "For ASSUME_ROLE."),
            text("aws.credentials.role.stsEndpoint", "For ASSUME_ROLE and WEB_IDENTITY_TOKEN."),
            text("aws.credentials.role.provider", "For ASSUME_ROLE: whose keys may assume the role."),
            text("aws.credentials.webIdentityToken.file", "For WEB_IDENTITY_TOKEN."));

    /** The options of the provider under ASSUME_ROLE repeat those above behind this prefix. */
    static final String NESTED_CREDENTIALS = "aws.credentials.role.provider.";

    static final ConfigOption<String> INIT_POSITION = ConfigOptions.key("source.init.position")
            .stringType()
            .defaultValue("LATEST")
            .withDescription("LATEST, TRIM_HORIZON or AT_TIMESTAMP.");
    static final ConfigOption<String> INIT_TIMESTAMP =
            text("source.init.timestamp", "For AT_TIMESTAMP: a date in the format, or seconds since 1970.");
    static final ConfigOption<String> INIT_TIMESTAMP_FORMAT = ConfigOptions.key("source.init.timestamp.format")
            .stringType()
            .defaultValue("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
            .withDescription("For AT_TIMESTAMP: a pattern of java.text.SimpleDateFormat.");
    static final ConfigOption<Duration> DISCOVERY_INTERVAL = ConfigOptions.key("source.shard.discovery.interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("How often to look for new shards.");
    static final ConfigOption<Integer> MAX_RECORDS = ConfigOptions.key("source.shard.get-records.max-record-count")
            .intType()
            .defaultValue(10_000)
            .withDescription("The most records of one read.");
    static final ConfigOption<Duration> EMPTY_INTERVAL = ConfigOptions.key("source.reader.empty-records-fetch-interval")
            .durationType()
            .defaultValue(Duration.ofMillis(250))
            .withDescription("The pause on a shard after a read without records.");
    static final ConfigOption<Duration> NON_EMPTY_INTERVAL = ConfigOptions.key(
                    "source.reader.nonempty-records-fetch-interval")
            .durationType()
            .defaultValue(Duration.ZERO)
            .withDescription("The pause on a shard after a read with records.");
    static final ConfigOption<String> READER_TYPE = ConfigOptions.key("source.reader.type")
            .stringType()
            .defaultValue("POLLING")
            .withDescription("POLLING, or EFO for enhanced fan-out.");
    static final ConfigOption<String> CONSUMER_NAME =
            text("source.efo.consumer.name", "For EFO: the consumer that the stream is read through.");
    static final ConfigOption<String> LIFECYCLE = ConfigOptions.key("source.efo.lifecycle")
            .stringType()
            .defaultValue("JOB_MANAGED")
            .withDescription("For EFO: JOB_MANAGED, or SELF_MANAGED where the job registers no consumer.");
    static final ConfigOption<Duration> SUBSCRIPTION_TIMEOUT = ConfigOptions.key("source.efo.subscription.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("For EFO: after so long without an event a shard is subscribed to anew.");
    static final ConfigOption<Integer> DESCRIBE_ATTEMPTS = ConfigOptions.key(
                    "source.efo.describe.retry-strategy.attempts.max")
            .intType()
            .defaultValue(100)
            .withDescription("For EFO: how often at most to look whether the consumer is active.");
    static final ConfigOption<Duration> DESCRIBE_DELAY_MIN = ConfigOptions.key(
                    "source.efo.describe.retry-strategy.delay.min")
            .durationType()
            .defaultValue(Duration.ofSeconds(2))
            .withDescription("For EFO: the first pause between two looks, doubled each time.");
    static final ConfigOption<Duration> DESCRIBE_DELAY_MAX = ConfigOptions.key(
                    "source.efo.describe.retry-strategy.delay.max")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("For EFO: the longest pause between two looks.");
    static final Set<ConfigOption<?>> FAN_OUT = Set.of(
            CONSUMER_NAME, LIFECYCLE, SUBSCRIPTION_TIMEOUT, DESCRIBE_ATTEMPTS, DESCRIBE_DELAY_MIN, DESCRIBE_DELAY_MAX);
    static final ConfigOption<String> DEAD_LETTER_ARN =
            text("source.dead-letter.stream.arn", "A stream that gets the records that cannot be decoded.");
    static final ConfigOption<Duration> MAX_AHEAD = ConfigOptions.key("source.dead-letter.max-event-time-ahead")
            .durationType()
            .noDefaultValue()
            .withDescription("A record whose event time is further ahead of its arrival is a dead letter.");
    static final ConfigOption<Duration> MAX_BEHIND = ConfigOptions.key("source.dead-letter.max-event-time-behind")
            .durationType()
            .noDefaultValue()
            .withDescription("A record whose event time is further behind its arrival is a dead letter.");

    static final ConfigOption<String> PARTITIONER =
            text("sink.partitioner", "fixed or random (default); not with PARTITIONED BY.");
    static final ConfigOption<String> DELIMITER = ConfigOptions.key("sink.partitioner-field-delimiter")
            .stringType()
            .defaultValue("|")
            .withDescription("Stands between the values of the PARTITIONED BY columns in a key.");
    static final ConfigOption<Boolean> FAIL_ON_ERROR = ConfigOptions.key("sink.fail-on-error")
            .booleanType()
            .defaultValue(false)
            .withDescription("Fails the job at the first record that is not taken, instead of sending it again.");
    static final ConfigOption<Integer> BATCH_MAX_SIZE = ConfigOptions.key(
                    AsyncSinkConnectorOptions.MAX_BATCH_SIZE.key())
            .intType()
            .defaultValue(500)
            .withDescription("The most records of one PutRecords.");
    static final ConfigOption<Integer> MAX_INFLIGHT = ConfigOptions.key(
                    AsyncSinkConnectorOptions.MAX_IN_FLIGHT_REQUESTS.key())
            .intType()
            .defaultValue(16)
            .withDescription("The most requests under way at once.");
    static final ConfigOption<Integer> MAX_BUFFERED = ConfigOptions.key(
                    AsyncSinkConnectorOptions.MAX_BUFFERED_REQUESTS.key())
            .intType()
            .defaultValue(10_000)
            .withDescription("The most records waiting before writing blocks.");
    static final ConfigOption<Long> FLUSH_SIZE = ConfigOptions.key(AsyncSinkConnectorOptions.FLUSH_BUFFER_SIZE.key())
            .longType()
            .defaultValue(5L * 1024 * 1024)
            .withDescription("The most bytes of one PutRecords.");
    static final ConfigOption<Long> FLUSH_TIMEOUT = ConfigOptions.key(
                    AsyncSinkConnectorOptions.FLUSH_BUFFER_TIMEOUT.key())
            .longType()
            .defaultValue(5_000L)
            .withDescription("The most milliseconds that a record waits for others.");

    static final ConfigOption<Integer> HTTP_CONCURRENCY = ConfigOptions.key("sink.http-client.max-concurrency")
            .intType()
            .defaultValue(10_000)
            .withDescription("The most requests under way at once, where less than sink.requests.max-inflight.");
    static final ConfigOption<Integer> HTTP_READ_TIMEOUT = ConfigOptions.key("sink.http-client.read-timeout")
            .intType()
            .noDefaultValue()
            .withDescription("The most milliseconds that a request waits for its answer before it is sent again.");

    /** Documented for Apache's connector and not carried out here, with the reason: each is taken at its default. */
    static final Map<ConfigOption<?>, String> REFUSED = Map.of(
            text("aws.credentials.custom.class", "For CUSTOM."),
            "credentials of a class of one's own are not supported");

    /** Options of the connector before Apache's present one, which translates some and drops the others. */
    static final String LEGACY_SINK = "sink.producer.";

    static final Set<ConfigOption<?>> REQUIRED = Set.of(STREAM_ARN, FactoryUtil.FORMAT);
    static final Set<ConfigOption<?>> OPTIONAL = Stream.of(
                    CREDENTIALS,
                    FAN_OUT,
                    REFUSED.keySet(),
                    Set.of(REGION, ENDPOINT, TRUST_ALL, HTTP_PROTOCOL),
                    Set.of(
                            INIT_POSITION,
                            INIT_TIMESTAMP,
                            INIT_TIMESTAMP_FORMAT,
                            DISCOVERY_INTERVAL,
                            MAX_RECORDS,
                            EMPTY_INTERVAL,
                            NON_EMPTY_INTERVAL,
                            READER_TYPE,
                            DEAD_LETTER_ARN,
                            MAX_AHEAD,
                            MAX_BEHIND),
                    Set.of(
                            PARTITIONER,
                            DELIMITER,
                            FAIL_ON_ERROR,
                            BATCH_MAX_SIZE,
                            MAX_INFLIGHT,
                            MAX_BUFFERED,
                            FLUSH_SIZE,
                            FLUSH_TIMEOUT,
                            HTTP_CONCURRENCY,
                            HTTP_READ_TIMEOUT,
                            FactoryUtil.SINK_PARALLELISM))
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private static ConfigOption<String> text(String key, String description) {
        return ConfigOptions.key(key).stringType().noDefaultValue().withDescription(description);
    }
}
