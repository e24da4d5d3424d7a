package ecommerce.flink.kinesis.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signed calls over kept connections. */
final class Transport {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Headers that the HTTP client sets itself and lets nobody else set. */
    private static final Set<String> OWN_HEADERS = Set.of("host", "content-length");

    private final AwsConfig config;
    private final Wire wire;
    private final HttpClient http;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final AwsCredentialsProvider credentials;

    Transport(AwsConfig config) {
        this.config = config;
        // The switch that the AWS SDK has for the same purpose: -Daws.cborEnabled=false.
        this.wire = SdkSystemSetting.CBOR_ENABLED.getBooleanValue().orElse(true) ? Wire.CBOR : Wire.JSON;
        this.credentials = Credentials.provider(config.credentials(), config.region());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .version(config.http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
        if (config.trustAllCertificates()) {
            builder.sslContext(TrustAll.context());
        }
        this.http = builder.build();
    }

    Wire wire() {
        return wire;
    }

    /** A response's body with its encoding. */
    record Response(Wire wire, byte[] body) {}

    /**
     * Sends one call.
     *
     * @return the answer; or a failure: {@link KinesisException} when the service refused, {@link CredentialsException}
     *     when there are no credentials, another {@link IOException} when the network failed
     */
    CompletableFuture<Response> call(String operation, byte[] body) {
        HttpRequest request;
        try {
            request = signed(operation, body);
        } catch (SdkException | IllegalStateException e) {
            return CompletableFuture.failedFuture(new CredentialsException(e));
        }
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .thenCompose(response -> response.statusCode() == 200
                        ? CompletableFuture.completedFuture(new Response(encoding(response), response.body()))
                        : CompletableFuture.failedFuture(refusal(operation, response)));
    }

    /** Sends a call whose answer is an event stream; the call's time-out is that of the answer's head. */
    void stream(String operation, byte[] body, PushedEvents events) {
        HttpRequest request;
        try {
            request = signed(operation, body);
        } catch (SdkException | IllegalStateException e) {
            events.end(new CredentialsException(e));
            return;
        }
        HttpResponse.BodyHandler<byte[]> handler = head -> head.statusCode() == 200
                ? HttpResponse.BodySubscribers.fromSubscriber(events, whole -> new byte[0])
                : HttpResponse.BodySubscribers.ofByteArray();
        CompletableFuture<HttpResponse<byte[]>> call = http.sendAsync(request, handler);
        events.of(call);
        call.whenComplete((response, failure) -> {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                events.end(cause instanceof IOException broken ? broken : new IOException(cause));
            } else if (response.statusCode() != 200) {
                events.end(refusal(operation, response));
            }
        });
    }

    private HttpRequest signed(String operation, byte[] body) {
        SdkHttpRequest unsigned = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(config.endpoint())
                .putHeader("Content-Type", wire.contentType)
                .putHeader("X-Amz-Target", "Kinesis_20131202." + operation)
                .build();
        AwsCredentialsIdentity identity = credentials.resolveCredentials();
        Map<String, List<String>> headers = signer.sign(spec -> spec.identity(identity)
                        .request(unsigned)
                        .payload(() -> new ByteArrayInputStream(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "kinesis")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, config.region()))
                .request()
                .headers();
        HttpRequest.Builder request = HttpRequest.newBuilder(unsigned.getUri())
                .timeout(config.callTimeout())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    private static KinesisException refusal(String operation, HttpResponse<byte[]> response) {
        String code = response.headers().firstValue("x-amzn-errortype").orElse("");
        return Answers.readRefusal(
                operation, response.statusCode(), code, new Response(encoding(response), response.body()));
    }

    private static Wire encoding(HttpResponse<?> response) {
        return Wire.ofContentType(response.headers().firstValue("content-type").orElse(""));
    }
}
