package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.PutEntry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;

/** Records that a checkpoint found still unsent, as bytes. */
final class PutEntrySerializer extends AsyncSinkWriterStateSerializer<PutEntry> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public BufferedRequestState<PutEntry> deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("The state of the Kinesis sink has version " + version
                    + ", this connector reads version " + VERSION + ": restore it with the connector that wrote it");
        }
        return super.deserialize(version, bytes);
    }

    @Override
    protected void serializeRequestToStream(PutEntry entry, DataOutputStream out) throws IOException {
        out.writeUTF(entry.partitionKey());
        out.writeInt(entry.data().length);
        out.write(entry.data());
    }

    @Override
    protected PutEntry deserializeRequestFromStream(long size, DataInputStream in) throws IOException {
        String key = in.readUTF();
        byte[] data = new byte[in.readInt()];
        in.readFully(data);
        return new PutEntry(data, key);
    }
}
