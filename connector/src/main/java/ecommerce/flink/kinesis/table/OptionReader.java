package ecommerce.flink.kinesis.table;

import ecommerce.flink.kinesis.api.AwsConfig;
import ecommerce.flink.kinesis.api.Credentials;
import ecommerce.flink.kinesis.api.StartPosition;
import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.sink.SinkConfig;
import ecommerce.flink.kinesis.source.FanOut;
import ecommerce.flink.kinesis.source.SourceConfig;
import java.net.URI;
import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/** Turns options into checked values; what is wrong fails with the option's name. */
final class OptionReader {
    private final ReadableConfig options;
    private final Map<String, String> given;
    private final StreamArn stream;

    OptionReader(ReadableConfig options, Map<String, String> given) {
        this.options = options;
        this.given = given;
        this.stream = read(KinesisOptions.STREAM_ARN, StreamArn::parse).orElseThrow();
        KinesisOptions.REFUSED.forEach(this::refuse);
        given.keySet().stream()
                .filter(key -> key.startsWith(KinesisOptions.LEGACY_SINK))
                .findFirst()
                .ifPresent(key -> {
                    throw new ValidationException("Option '" + key + "': the options of the former connector are not"
                            + " translated; see sink.batch, sink.requests and sink.flush-buffer");
                });
    }

    /** A default changes nothing; any other value would be ignored. */
    private void refuse(ConfigOption<?> option, String reason) {
        Optional<?> value = options.getOptional(option);
        check(
                option,
                value.isEmpty() || value.get().equals(option.defaultValue()),
                reason + (option.hasDefaultValue() ? ", so only the default is taken" : ""));
    }

    SourceConfig source() {
        Optional<StreamArn> deadLetters = read(KinesisOptions.DEAD_LETTER_ARN, StreamArn::parse);
        deadLetters.ifPresent(arn -> {
            check(
                    KinesisOptions.DEAD_LETTER_ARN,
                    arn.region().equals(stream.region()),
                    "the stream must be in the region of '" + KinesisOptions.STREAM_ARN.key() + "'");
            check(KinesisOptions.DEAD_LETTER_ARN, !arn.equals(stream), "a stream cannot take its own dead letters");
        });
        int maxRecords = options.get(KinesisOptions.MAX_RECORDS);
        check(KinesisOptions.MAX_RECORDS, maxRecords >= 1 && maxRecords <= 10_000, "expected 1 to 10000");
        Duration pause = options.get(KinesisOptions.NON_EMPTY_INTERVAL);
        check(KinesisOptions.NON_EMPTY_INTERVAL, !pause.isNegative(), "expected 0 ms or more");
        return new SourceConfig(
                stream,
                aws(AwsConfig.CALL_TIMEOUT),
                start(),
                positive(KinesisOptions.DISCOVERY_INTERVAL),
                maxRecords,
                positive(KinesisOptions.EMPTY_INTERVAL),
                pause,
                fanOut(),
                deadLetters.orElse(null));
    }

    /** What the consumer's options say, null where the source polls; these options say nothing then. */
    private FanOut fanOut() {
        String type = options.get(KinesisOptions.READER_TYPE).toUpperCase(Locale.ROOT);
        check(
                KinesisOptions.READER_TYPE,
                type.equals("POLLING") || type.equals("EFO"),
                "expected POLLING or EFO (enhanced fan-out)");
        if (type.equals("POLLING")) {
            KinesisOptions.FAN_OUT.forEach(option -> refuse(option, "needs 'source.reader.type' = 'EFO'"));
            return null;
        }
        String consumer = options.getOptional(KinesisOptions.CONSUMER_NAME)
                .orElseThrow(() -> new ValidationException(
                        "Option '" + KinesisOptions.CONSUMER_NAME.key() + "' is missing; EFO needs it"));
        check(
                KinesisOptions.CONSUMER_NAME,
                consumer.matches("[a-zA-Z0-9_.-]{1,128}"),
                "expected 1 to 128 letters, digits, '_', '.' and '-'");
        String lifecycle = options.get(KinesisOptions.LIFECYCLE).toUpperCase(Locale.ROOT);
        check(
                KinesisOptions.LIFECYCLE,
                lifecycle.equals("JOB_MANAGED") || lifecycle.equals("SELF_MANAGED"),
                "expected JOB_MANAGED or SELF_MANAGED");
        int looks = options.get(KinesisOptions.DESCRIBE_ATTEMPTS);
        check(KinesisOptions.DESCRIBE_ATTEMPTS, looks >= 1, "expected at least 1");
        Duration first = positive(KinesisOptions.DESCRIBE_DELAY_MIN);
        Duration longest = positive(KinesisOptions.DESCRIBE_DELAY_MAX);
        check(
                KinesisOptions.DESCRIBE_DELAY_MAX,
                longest.compareTo(first) >= 0,
                "expected no less than '" + KinesisOptions.DESCRIBE_DELAY_MIN.key() + "'");
        Duration silence = positive(KinesisOptions.SUBSCRIPTION_TIMEOUT);
        return new FanOut(consumer, lifecycle.equals("JOB_MANAGED"), silence, looks, first, longest);
    }

    SinkConfig sink() {
        int batch = options.get(KinesisOptions.BATCH_MAX_SIZE);
        check(KinesisOptions.BATCH_MAX_SIZE, batch >= 1 && batch <= 500, "expected 1 to 500");
        int inflight = options.get(KinesisOptions.MAX_INFLIGHT);
        check(KinesisOptions.MAX_INFLIGHT, inflight >= 1, "expected at least 1");
        int concurrency = options.get(KinesisOptions.HTTP_CONCURRENCY);
        check(KinesisOptions.HTTP_CONCURRENCY, concurrency >= 1, "expected at least 1");
        int readTimeout = options.getOptional(KinesisOptions.HTTP_READ_TIMEOUT)
                .orElse(Math.toIntExact(AwsConfig.CALL_TIMEOUT.toMillis()));
        check(KinesisOptions.HTTP_READ_TIMEOUT, readTimeout >= 1, "expected at least 1 millisecond");
        int buffered = options.get(KinesisOptions.MAX_BUFFERED);
        check(
                KinesisOptions.MAX_BUFFERED,
                buffered > batch,
                "expected more than '" + KinesisOptions.BATCH_MAX_SIZE.key() + "'");
        long bytes = options.get(KinesisOptions.FLUSH_SIZE);
        check(
                KinesisOptions.FLUSH_SIZE,
                bytes >= 1 && bytes <= 10 * 1024 * 1024,
                "expected 1 byte to 10 MiB, a request's limit");
        long timeout = options.get(KinesisOptions.FLUSH_TIMEOUT);
        check(KinesisOptions.FLUSH_TIMEOUT, timeout >= 1, "expected at least 1 millisecond");
        return new SinkConfig(
                stream,
                aws(Duration.ofMillis(readTimeout)),
                batch,
                Math.min(inflight, concurrency),
                buffered,
                bytes,
                timeout,
                options.get(KinesisOptions.FAIL_ON_ERROR));
    }

    /** A bound of the event time, which only a table with a dead-letter stream can have. */
    Optional<Duration> eventTimeBound(ConfigOption<Duration> option) {
        Optional<Duration> bound = options.getOptional(option);
        check(
                option,
                bound.isEmpty()
                        || options.getOptional(KinesisOptions.DEAD_LETTER_ARN).isPresent(),
                "needs '" + KinesisOptions.DEAD_LETTER_ARN.key() + "', the stream for what is out of bounds");
        return bound;
    }

    private AwsConfig aws(Duration callTimeout) {
        String region = options.getOptional(KinesisOptions.REGION).orElse(stream.region());
        check(KinesisOptions.REGION, region.equals(stream.region()), "the stream's ARN says '" + stream.region() + "'");
        Map<String, String> credentials = given.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(Credentials.PREFIX))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        try {
            Credentials.provider(credentials, region);
        } catch (IllegalArgumentException e) {
            throw new ValidationException(e.getMessage(), e);
        }
        String protocol = options.get(KinesisOptions.HTTP_PROTOCOL);
        check(
                KinesisOptions.HTTP_PROTOCOL,
                protocol.equals("HTTP1_1") || protocol.equals("HTTP2"),
                "expected HTTP1_1 or HTTP2");
        return new AwsConfig(
                region,
                endpoint(region),
                credentials,
                options.get(KinesisOptions.TRUST_ALL),
                protocol.equals("HTTP2"),
                callTimeout);
    }

    /** As the AWS SDKs find it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html. */
    private URI endpoint(String region) {
        Optional<URI> given = read(KinesisOptions.ENDPOINT, OptionReader::url);
        if (given.isPresent()) {
            return given.get();
        }
        for (String variable : new String[] {"AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL"}) {
            String value = System.getenv(variable);
            if (value != null && !value.isEmpty()) {
                try {
                    return url(value);
                } catch (IllegalArgumentException e) {
                    throw new ValidationException("Environment variable " + variable + ": " + e.getMessage(), e);
                }
            }
        }
        return AwsConfig.regionalEndpoint(region);
    }

    private static URI url(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("'" + text + "' is not a URL such as https://host:port");
        }
        return uri;
    }

    private StartPosition start() {
        String position = options.get(KinesisOptions.INIT_POSITION).toUpperCase(Locale.ROOT);
        return switch (position) {
            case "LATEST" -> StartPosition.LATEST;
            case "TRIM_HORIZON" -> StartPosition.TRIM_HORIZON;
            case "AT_TIMESTAMP" ->
                StartPosition.atTimestamp(read(KinesisOptions.INIT_TIMESTAMP, this::millis)
                        .orElseThrow(() -> new ValidationException(
                                "Option 'source.init.timestamp' is missing; AT_TIMESTAMP needs it")));
            default -> throw wrong(KinesisOptions.INIT_POSITION, "expected LATEST, TRIM_HORIZON or AT_TIMESTAMP");
        };
    }

    /** A date in the given format, or seconds since 1970 with a fraction. */
    private long millis(String text) {
        if (text.matches("\\d+(\\.\\d+)?")) {
            return Math.round(Double.parseDouble(text) * 1000);
        }
        String pattern = options.get(KinesisOptions.INIT_TIMESTAMP_FORMAT);
        try {
            return new SimpleDateFormat(pattern).parse(text).getTime();
        } catch (ParseException e) {
            throw new IllegalArgumentException("'" + text + "' does not fit the format " + pattern, e);
        }
    }

    private <T> Optional<T> read(ConfigOption<String> option, Function<String, T> parse) {
        try {
            return options.getOptional(option).map(parse);
        } catch (IllegalArgumentException e) {
            throw new ValidationException("Option '" + option.key() + "': " + e.getMessage(), e);
        }
    }

    private Duration positive(ConfigOption<Duration> option) {
        Duration value = options.get(option);
        check(option, value.toMillis() > 0, "expected more than 0 ms");
        return value;
    }

    private void check(ConfigOption<?> option, boolean right, String expectation) {
        if (!right) {
            throw wrong(option, expectation);
        }
    }

    private ValidationException wrong(ConfigOption<?> option, String expectation) {
        return new ValidationException("Option '" + option.key() + "' = '" + options.get(option) + "': " + expectation);
    }
}
