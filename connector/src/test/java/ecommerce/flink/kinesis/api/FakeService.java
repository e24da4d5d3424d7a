package ecommerce.flink.kinesis.api;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers what the test has written down. */
public final class FakeService implements AutoCloseable {
    private record Answer(int status, String contentType, byte[] body, long pauseMillis) {}

    record Seen(String target, String authorization, String contentType, byte[] body) {}

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    final List<Seen> seen = new CopyOnWriteArrayList<>();

    public FakeService() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            seen.add(new Seen(
                    headers.getFirst("X-Amz-Target"),
                    headers.getFirst("Authorization"),
                    headers.getFirst("Content-Type"),
                    exchange.getRequestBody().readAllBytes()));
            Answer answer = answers.remove();
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            if (answer.pauseMillis() > 0) {
                exchange.getResponseBody().flush();
                pause(answer.pauseMillis());
            }
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        server.start();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public AwsConfig config() {
        return config(AwsConfig.CALL_TIMEOUT);
    }

    AwsConfig config(Duration callTimeout) {
        Map<String, String> keys = Map.of(
                "aws.credentials.provider", "BASIC",
                "aws.credentials.basic.accesskeyid", "AKID",
                "aws.credentials.basic.secretkey", "secret");
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new AwsConfig("us-east-1", endpoint, keys, false, false, callTimeout);
    }

    void answer(int status, String contentType, byte[] body) {
        answers.add(new Answer(status, contentType, body, 0));
    }

    /** Answers with the head at once and with the body after a pause. */
    void answerLate(String contentType, byte[] body, long pauseMillis) {
        answers.add(new Answer(200, contentType, body, pauseMillis));
    }

    public void answer(int status, String json) {
        answer(status, Wire.JSON.contentType, json.getBytes(StandardCharsets.UTF_8));
    }

    /** The operations that were asked for. */
    public List<String> asked() {
        return seen.stream()
                .map(call -> call.target().substring(call.target().indexOf('.') + 1))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
