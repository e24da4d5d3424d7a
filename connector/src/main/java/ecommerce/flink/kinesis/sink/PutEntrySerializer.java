package ecommerce.flink.kinesis.sink;

import ecommerce.flink.kinesis.api.PutEntry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;

/** Records that a checkpoint found still unsent, as bytes. */
final class PutEntrySerializer extends AsyncSinkWriterStateSerializer<PutEntry> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
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
