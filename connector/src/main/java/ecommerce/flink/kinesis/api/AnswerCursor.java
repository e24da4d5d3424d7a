package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;

/** Goes through the answer of GetRecords, or an event of a subscription, which has the same fields. */
final class AnswerCursor implements RecordCursor {
    private final Wire wire;
    private final JsonParser parser;
    private boolean inRecords;
    private boolean done;
    private String next;
    private long millisBehindLatest;

    AnswerCursor(Transport.Response response) throws IOException {
        wire = response.wire();
        parser = wire.parser(response.body());
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("the server's answer is not an object");
        }
    }

    @Override
    public List<StreamRecord> take(int most) throws IOException {
        List<StreamRecord> records = new ArrayList<>();
        while (!done) {
            if (!inRecords) {
                readField();
            } else if (parser.currentToken() == JsonToken.END_ARRAY) {
                inRecords = false;
            } else if (records.size() < most) {
                records.add(readRecord());
                parser.nextToken();
            } else {
                break;
            }
        }
        return records;
    }

    private void readField() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new IOException("the server's answer is cut off");
        }
        if (token == JsonToken.END_OBJECT) {
            done = true;
            parser.close();
            return;
        }
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
            case "Records" -> {
                inRecords = true;
                parser.nextToken();
            }
            case "NextShardIterator", "ContinuationSequenceNumber" -> next = parser.getValueAsString();
            case "MillisBehindLatest" -> millisBehindLatest = parser.getValueAsLong();
            default -> parser.skipChildren();
        }
    }

    // Once for every record: no helper objects here.
    private StreamRecord readRecord() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("the server's answer is cut off, or has what is no record among them");
        }
        byte[] data = null;
        String sequenceNumber = null;
        long arrival = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "Data" -> data = parser.getBinaryValue();
                case "SequenceNumber" -> sequenceNumber = parser.getText();
                case "ApproximateArrivalTimestamp" -> arrival = wire.readTime(parser);
                default -> parser.skipChildren();
            }
        }
        return new StreamRecord(data, sequenceNumber, arrival);
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public String next() {
        return next;
    }

    @Override
    public long millisBehindLatest() {
        return millisBehindLatest;
    }
}
