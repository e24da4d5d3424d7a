package ecommerce.flink.kinesis.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** The enumerator's state as bytes. */
final class EnumeratorStateSerializer implements SimpleVersionedSerializer<EnumeratorState> {
    static final EnumeratorStateSerializer INSTANCE = new EnumeratorStateSerializer();
    /** Version 1 has splits of version 1. */
    private static final int VERSION = 2;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(EnumeratorState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeBoolean(state.discovered());
        writeStrings(state.known(), out);
        writeStrings(state.finished(), out);
        out.writeInt(state.unassigned().size());
        for (KinesisSplit split : state.unassigned()) {
            KinesisSplitSerializer.write(split, out);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public EnumeratorState deserialize(int version, byte[] bytes) throws IOException {
        KinesisSplitSerializer.checkVersion("the Kinesis enumerator", VERSION, version);
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        boolean discovered = in.readBoolean();
        Set<String> known = readStrings(in);
        Set<String> finished = readStrings(in);
        int count = in.readInt();
        List<KinesisSplit> unassigned = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            unassigned.add(KinesisSplitSerializer.read(version, in));
        }
        return new EnumeratorState(discovered, known, finished, unassigned);
    }

    private static void writeStrings(Collection<String> strings, DataOutputView out) throws IOException {
        out.writeInt(strings.size());
        for (String string : strings) {
            out.writeUTF(string);
        }
    }

    private static Set<String> readStrings(DataInputView in) throws IOException {
        int count = in.readInt();
        Set<String> strings = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            strings.add(in.readUTF());
        }
        return strings;
    }
}
