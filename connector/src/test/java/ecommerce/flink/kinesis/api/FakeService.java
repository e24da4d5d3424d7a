package ecommerce.flink.kinesis.api;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers what the test has written down. */
public final class FakeService implements AutoCloseable {
    private record Answer(int status, String contentType, byte[] body) {}

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
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        server.start();
    }

    public AwsConfig config() {
        Map<String, String> keys = Map.of(
                "aws.credentials.provider", "BASIC",
                "aws.credentials.basic.accesskeyid", "AKID",
                "aws.credentials.basic.secretkey", "secret");
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new AwsConfig("us-east-1", endpoint, keys, false, false, AwsConfig.CALL_TIMEOUT);
    }

    void answer(int status, String contentType, byte[] body) {
        answers.add(new Answer(status, contentType, body));
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
