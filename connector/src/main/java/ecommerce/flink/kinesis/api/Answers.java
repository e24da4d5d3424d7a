package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;

/** Reads the answers of the calls in one pass, without a tree between. */
final class Answers {
    private Answers() {}

    /** Adds a page's shards; the token of the next page, or null. */
    static String readShards(Transport.Response response, List<Shard> shards) throws IOException {
        String[] token = new String[1];
        readObject(response, (name, parser) -> {
            switch (name) {
                case "Shards" -> readArray(parser, () -> shards.add(readShard(parser)));
                case "NextToken" -> token[0] = parser.getValueAsString();
                default -> parser.skipChildren();
            }
        });
        return token[0];
    }

    private static Shard readShard(JsonParser parser) throws IOException {
        String[] id = new String[1];
        List<String> parents = new ArrayList<>();
        boolean[] closed = new boolean[1];
        BigInteger[] hashKeys = {HashKeys.ALL.first(), HashKeys.ALL.last()};
        readFields(parser, (name, value) -> {
            switch (name) {
                case "ShardId" -> id[0] = value.getText();
                case "ParentShardId", "AdjacentParentShardId" -> {
                    if (value.currentToken() == JsonToken.VALUE_STRING) {
                        parents.add(value.getText());
                    }
                }
                case "HashKeyRange" ->
                    readFields(value, (bound, key) -> {
                        switch (bound) {
                            case "StartingHashKey" -> hashKeys[0] = new BigInteger(key.getText());
                            case "EndingHashKey" -> hashKeys[1] = new BigInteger(key.getText());
                            default -> key.skipChildren();
                        }
                    });
                case "SequenceNumberRange" ->
                    readFields(value, (bound, number) -> {
                        closed[0] |=
                                bound.equals("EndingSequenceNumber") && number.currentToken() == JsonToken.VALUE_STRING;
                        number.skipChildren();
                    });
                default -> value.skipChildren();
            }
        });
        return new Shard(id[0], List.copyOf(parents), closed[0], new HashKeys(hashKeys[0], hashKeys[1]));
    }

    static String readIterator(Transport.Response response) throws IOException {
        String[] iterator = new String[1];
        readObject(response, (name, parser) -> {
            if (name.equals("ShardIterator")) {
                iterator[0] = parser.getValueAsString();
            }
            parser.skipChildren();
        });
        return iterator[0];
    }

    /** All records of an event of a subscription. */
    static ReadResult readEvent(Transport.Response event) throws IOException {
        AnswerCursor cursor = new AnswerCursor(event);
        List<StreamRecord> records = cursor.take(Integer.MAX_VALUE);
        return new ReadResult(records, cursor.next(), cursor.millisBehindLatest());
    }

    static PutResult readPut(Transport.Response response) throws IOException {
        List<Integer> rejected = new ArrayList<>();
        String[] reason = new String[1];
        int[] position = new int[1];
        readObject(response, (name, parser) -> {
            if (name.equals("Records")) {
                readArray(parser, () -> {
                    String[] error = new String[2];
                    readFields(parser, (field, value) -> {
                        switch (field) {
                            case "ErrorCode" -> error[0] = value.getValueAsString();
                            case "ErrorMessage" -> error[1] = value.getValueAsString();
                            default -> value.skipChildren();
                        }
                    });
                    if (error[0] != null) {
                        rejected.add(position[0]);
                        reason[0] = reason[0] == null ? error[0] + ": " + error[1] : reason[0];
                    }
                    position[0]++;
                });
            } else {
                parser.skipChildren();
            }
        });
        return new PutResult(rejected, reason[0]);
    }

    /** The consumer of an answer that describes it, or registers it. */
    static StreamConsumer readConsumer(Transport.Response response) throws IOException {
        String[] arn = new String[1];
        String[] status = new String[1];
        readObject(response, (name, parser) -> {
            if (name.equals("ConsumerDescription") || name.equals("Consumer")) {
                readFields(parser, (field, value) -> {
                    switch (field) {
                        case "ConsumerARN" -> arn[0] = value.getText();
                        case "ConsumerStatus" -> status[0] = value.getText();
                        default -> value.skipChildren();
                    }
                });
            } else {
                parser.skipChildren();
            }
        });
        return new StreamConsumer(arn[0], status[0]);
    }

    /** A refusal; the code that its body names counts where the head has none. */
    static KinesisException readRefusal(String operation, int status, String head, Transport.Response response) {
        String[] code = {head};
        String[] message = {""};
        try {
            readObject(response, (name, parser) -> {
                switch (name) {
                    case "__type", "code" -> code[0] = head.isEmpty() ? parser.getValueAsString("") : head;
                    case "message", "Message" -> message[0] = parser.getValueAsString("");
                    default -> parser.skipChildren();
                }
            });
        } catch (IOException e) {
            // A proxy's page instead of the service's answer: the status alone says what is known.
            message[0] = "the answer is not the service's";
        }
        String name = code[0].substring(code[0].indexOf('#') + 1);
        int colon = name.indexOf(':');
        name = colon < 0 ? name : name.substring(0, colon);
        return new KinesisException(operation, status, name.isEmpty() ? "UnknownError" : name, message[0]);
    }

    private interface Field {
        void read(String name, JsonParser parser) throws IOException;
    }

    private interface Element {
        void read() throws IOException;
    }

    private static void readObject(Transport.Response response, Field field) throws IOException {
        try (JsonParser parser = response.wire().parser(response.body())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the server's answer is not an object");
            }
            readFields(parser, field);
        }
    }

    private static void readFields(JsonParser parser, Field field) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            field.read(name, parser);
        }
    }

    private static void readArray(JsonParser parser, Element element) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.read();
        }
    }
}
