package ecommerce.flink.kinesis.source;

import ecommerce.flink.kinesis.api.StreamArn;
import ecommerce.flink.kinesis.api.StreamRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Base64;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.TableRuntimeException;

/** What is said of a record that cannot become rows. */
final class RecordFailure {
    private static final int REASON_CHARACTERS = 500;
    private static final int VALUE_CHARACTERS = 200;

    private RecordFailure() {}

    /**
     * The failure that ends a job without dead letters, whole in one line.
     *
     * <p>The format's own exception is kept beside it and not as its cause: who shows the innermost cause alone would
     * show "Fail to deserialize at field: ts." and neither record nor remedy.
     */
    static IOException of(StreamArn stream, String shardId, StreamRecord record, Exception failure) {
        IOException whole = new IOException(
                named(stream, shardId, record) + " cannot be decoded: " + reason(failure) + " Its value: "
                        + value(record.data()) + " (option '" + DeadLetters.OPTION + "' sends such records elsewhere)");
        whole.addSuppressed(failure);
        return whole;
    }

    /** The failure of a query that computes something of a record for which it fails, whole in one line. */
    static IOException ofQuery(StreamArn stream, String shardId, StreamRecord record, Exception failure) {
        IOException whole = new IOException(named(stream, shardId, record) + " makes the query fail: " + reason(failure)
                + " Its value: " + value(record.data()));
        whole.addSuppressed(failure);
        return whole;
    }

    /** Whether it is the failure of an expression, and not of a sink, a disk, or a job that is being cancelled. */
    static boolean isOfExpression(Throwable failure) {
        Throwable root = failure;
        for (; root.getCause() != null; root = root.getCause()) {
            if (root instanceof SuppressRestartsException) {
                return false;
            }
        }
        return root instanceof ArithmeticException
                || root instanceof IllegalArgumentException
                || root instanceof DateTimeException
                || root instanceof TableException
                || root instanceof TableRuntimeException;
    }

    private static String named(StreamArn stream, String shardId, StreamRecord record) {
        return "Record " + record.place() + " in " + shardId + " of " + stream;
    }

    /** The causes below the outermost, which repeats the record's text: where it failed, and why. */
    static String reason(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        for (; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage().lines().findFirst().orElse("");
            text.append(text.isEmpty() ? "" : " ").append(message);
        }
        return shortened(text.toString(), REASON_CHARACTERS);
    }

    /** The record's text, or its bytes in base64 where they are none. */
    private static String value(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            if (text.chars().noneMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c))) {
                return "'" + shortened(text.replaceAll("\\s+", " "), VALUE_CHARACTERS) + "'";
            }
        } catch (CharacterCodingException e) {
            // Not UTF-8: shown as bytes below.
        }
        return "base64 " + shortened(Base64.getEncoder().encodeToString(data), VALUE_CHARACTERS);
    }

    private static String shortened(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters) + "…";
    }
}
