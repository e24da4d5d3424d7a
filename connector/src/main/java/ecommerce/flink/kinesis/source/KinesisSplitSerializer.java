package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.HashKeys;
import ecommerce.flink.kinesis.api.StartPosition;
import java.io.IOException;
import java.math.BigInteger;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Splits as bytes. A new version must go on reading the older ones: savepoints outlive jars. */
final class KinesisSplitSerializer implements SimpleVersionedSerializer<KinesisSplit> {
    static final KinesisSplitSerializer INSTANCE = new KinesisSplitSerializer();
    /** Version 1 did not know a shard's hash keys. */
    private static final int VERSION = 2;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(KinesisSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(128);
        write(split, out);
        return out.getCopyOfBuffer();
    }

    @Override
    public KinesisSplit deserialize(int version, byte[] bytes) throws IOException {
        checkVersion("a Kinesis split", VERSION, version);
        return read(version, new DataInputDeserializer(bytes));
    }

    static void write(KinesisSplit split, DataOutputView out) throws IOException {
        out.writeUTF(split.shardId());
        out.writeUTF(split.position().type().name());
        out.writeLong(split.position().timestampMillis());
        out.writeUTF(split.position().sequenceNumber());
        out.writeLong(split.openedMillis());
        out.writeUTF(split.hashKeys().first().toString());
        out.writeUTF(split.hashKeys().last().toString());
        out.writeBoolean(split.drained());
    }

    static KinesisSplit read(int version, DataInputView in) throws IOException {
        String shardId = in.readUTF();
        StartPosition.Type type = StartPosition.Type.valueOf(in.readUTF());
        StartPosition position = new StartPosition(type, in.readLong(), in.readUTF());
        long openedMillis = in.readLong();
        HashKeys hashKeys =
                version == 1 ? HashKeys.ALL : new HashKeys(new BigInteger(in.readUTF()), new BigInteger(in.readUTF()));
        return new KinesisSplit(shardId, position, openedMillis, hashKeys, in.readBoolean());
    }

    static void checkVersion(String what, int known, int found) throws IOException {
        if (found < 1 || found > known) {
            throw new IOException(
                    "The state of " + what + " has version " + found + ", this connector reads versions up to " + known
                            + ": restore it with the connector that wrote it");
        }
    }
}
