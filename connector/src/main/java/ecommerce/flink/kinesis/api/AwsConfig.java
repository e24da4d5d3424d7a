package ecommerce.flink.kinesis.api;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * How to reach the service.
 *
 * @param credentials the table options that begin with {@code aws.credentials}
 * @param http2 HTTP/2 where the server has it, instead of HTTP/1.1
 * @param callTimeout how long a call may wait for its answer
 */
public record AwsConfig(
        String region,
        URI endpoint,
        Map<String, String> credentials,
        boolean trustAllCertificates,
        boolean http2,
        Duration callTimeout)
        implements Serializable {
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

    /** The same over HTTP/2, without which nothing is pushed. */
    public AwsConfig overHttp2() {
        return new AwsConfig(region, endpoint, credentials, trustAllCertificates, true, callTimeout);
    }

    /** The endpoint that AWS has for a region. */
    public static URI regionalEndpoint(String region) {
        return URI.create("https://kinesis." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : ""));
    }
}
