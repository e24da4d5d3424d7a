package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.PutEntry;
import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/** A record that could not be decoded, written down as JSON with all that is needed to find and mend it. */
final class DeadLetter {
    /** Base64 adds a third, and a record of 1 MiB must fit: larger ones go in parts. */
    static final int PART_BYTES = 700_000;

    private static final JsonFactory JSON = new JsonFactory();

    private DeadLetter() {}

    /** The entries for the dead-letter stream: one, or several parts of one record in their order. */
    static List<PutEntry> entries(StreamArn stream, String shardId, StreamRecord record, Exception failure) {
        int parts = Math.max(1, (record.data().length + PART_BYTES - 1) / PART_BYTES);
        List<PutEntry> entries = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
            byte[] json = json(stream, shardId, record, RecordFailure.reason(failure), part, parts);
            // The parts of one record stay together and in order under one key.
            entries.add(new PutEntry(json, record.sequenceNumber()));
        }
        return entries;
    }

    private static byte[] json(
            StreamArn stream, String shardId, StreamRecord record, String reason, int part, int parts) {
        int from = part * PART_BYTES;
        int length = Math.min(PART_BYTES, record.data().length - from);
        ByteArrayOutputStream out = new ByteArrayOutputStream(length * 4 / 3 + 1024);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("stream_arn", stream.text());
            json.writeStringField("shard_id", shardId);
            json.writeStringField("sequence_number", record.sequenceNumber());
            json.writeNumberField("sub_sequence_number", record.subSequenceNumber());
            json.writeStringField(
                    "arrival_time", Instant.ofEpochMilli(record.arrivalMillis()).toString());
            json.writeStringField("reason", reason);
            json.writeNumberField("part", part + 1);
            json.writeNumberField("parts", parts);
            json.writeFieldName("data");
            json.writeBinary(record.data(), from, length);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory cannot fail", e);
        }
        return out.toByteArray();
    }
}
