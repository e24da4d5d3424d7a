package ecommerce.flink.kinesis.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/** The calls of Kinesis Data Streams that a connector needs, for one stream. */
public final class Kinesis implements ShardReads, RecordPuts {
    private final StreamArn stream;
    private final Transport transport;

    public Kinesis(StreamArn stream, AwsConfig config) {
        this.stream = stream;
        this.transport = new Transport(config);
    }

    /** Every shard that the stream lists: open ones, and closed ones within the retention period. */
    public List<Shard> listShards() throws IOException, InterruptedException {
        List<Shard> shards = new ArrayList<>();
        String token = null;
        do {
            String page = token;
            Transport.Response response = await(call("ListShards", generator -> {
                // A page's token stands for the stream; the service refuses both together.
                if (page == null) {
                    generator.writeStringField("StreamARN", stream.text());
                } else {
                    generator.writeStringField("NextToken", page);
                }
            }));
            token = Answers.readShards(response, shards);
        } while (token != null);
        return shards;
    }

    @Override
    public String shardIterator(String shardId, StartPosition position) throws IOException, InterruptedException {
        return Answers.readIterator(await(call("GetShardIterator", generator -> {
            generator.writeStringField("StreamARN", stream.text());
            generator.writeStringField("ShardId", shardId);
            generator.writeStringField("ShardIteratorType", position.type().name());
            writePlace(generator, position, "StartingSequenceNumber");
        })));
    }

    private void writePlace(JsonGenerator generator, StartPosition position, String sequenceNumber) throws IOException {
        switch (position.type()) {
            case AFTER_SEQUENCE_NUMBER -> generator.writeStringField(sequenceNumber, position.sequenceNumber());
            case AT_TIMESTAMP -> {
                generator.writeFieldName("Timestamp");
                transport.wire().writeTime(generator, position.timestampMillis());
            }
            default -> {}
        }
    }

    @Override
    public RecordCursor getRecords(String iterator, int limit) throws IOException, InterruptedException {
        return new AnswerCursor(await(call("GetRecords", generator -> {
            generator.writeStringField("StreamARN", stream.text());
            generator.writeStringField("ShardIterator", iterator);
            generator.writeNumberField("Limit", limit);
        })));
    }

    @Override
    public CompletableFuture<PutResult> putRecords(List<PutEntry> entries) {
        return call("PutRecords", generator -> {
                    generator.writeStringField("StreamARN", stream.text());
                    generator.writeArrayFieldStart("Records");
                    for (PutEntry entry : entries) {
                        generator.writeStartObject();
                        generator.writeBinaryField("Data", entry.data());
                        generator.writeStringField("PartitionKey", entry.partitionKey());
                        generator.writeEndObject();
                    }
                    generator.writeEndArray();
                })
                .thenCompose(response -> {
                    try {
                        return CompletableFuture.completedFuture(Answers.readPut(response));
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                });
    }

    /** A consumer of enhanced fan-out of a name. */
    public StreamConsumer describeConsumer(String name) throws IOException, InterruptedException {
        return Answers.readConsumer(await(consumerCall("DescribeStreamConsumer", name)));
    }

    public StreamConsumer registerConsumer(String name) throws IOException, InterruptedException {
        return Answers.readConsumer(await(consumerCall("RegisterStreamConsumer", name)));
    }

    public void deregisterConsumer(String name) throws IOException, InterruptedException {
        await(consumerCall("DeregisterStreamConsumer", name));
    }

    private CompletableFuture<Transport.Response> consumerCall(String operation, String name) {
        return call(operation, generator -> {
            generator.writeStringField("StreamARN", stream.text());
            generator.writeStringField("ConsumerName", name);
        });
    }

    /** Has a shard's records pushed to a consumer, for five minutes or until it ends. */
    public ShardPushes.Subscription subscribe(
            String consumerArn, String shardId, StartPosition position, ShardPushes.Listener listener) {
        PushedEvents events = new PushedEvents(listener);
        byte[] body = written(generator -> {
            generator.writeStringField("ConsumerARN", consumerArn);
            generator.writeStringField("ShardId", shardId);
            generator.writeObjectFieldStart("StartingPosition");
            generator.writeStringField("Type", position.type().name());
            writePlace(generator, position, "SequenceNumber");
            generator.writeEndObject();
        });
        transport.stream(PushedEvents.OPERATION, body, events);
        return events;
    }

    /** Waits for an answer and throws its failure as it is. */
    public static <T> T await(CompletableFuture<T> call) throws IOException, InterruptedException {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a call to Kinesis failed", cause);
        }
    }

    private interface Fields {
        void write(JsonGenerator generator) throws IOException;
    }

    private CompletableFuture<Transport.Response> call(String operation, Fields fields) {
        return transport.call(operation, written(fields));
    }

    private byte[] written(Fields fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator generator = transport.wire().generator(body)) {
            generator.writeStartObject();
            fields.write(generator);
            generator.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing into memory cannot fail", e);
        }
        return body.toByteArray();
    }
}
