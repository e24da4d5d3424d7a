package ecommerce.flink.kinesis.api;

import java.io.IOException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.api.ValidationException;

/** Turns what the service says into one line that names the option to look at. */
public final class Failures {
    private Failures() {}

    /**
     * The failure for a user's eyes, and whether trying again can help.
     *
     * @param option the table option that named the stream
     * @return an exception that ends the job at once when no restart can mend it, else {@code failure}
     */
    public static Exception explained(IOException failure, StreamArn stream, String option) {
        if (failure instanceof KinesisException refused && refused.isMissing()) {
            return end("Option '" + option + "': the stream " + stream + " does not exist (or was deleted)", failure);
        }
        if (failure instanceof CredentialsException
                || failure instanceof KinesisException refused && refused.isCredentials()) {
            return end(
                    "Option '" + Credentials.PROVIDER + "': no access to " + stream + " with these credentials: "
                            + failure.getMessage(),
                    failure);
        }
        return failure;
    }

    /** The failure of a job that could not begin because nothing answers. */
    public static Exception unreachable(IOException failure, AwsConfig aws) {
        return end("Option 'aws.endpoint': no answer from " + aws.endpoint() + ": " + failure, failure);
    }

    /** Whether the same call may succeed a little later: throttling, a server's error, the network. */
    public static boolean isTransient(IOException failure) {
        return failure instanceof KinesisException refused
                ? refused.isTransient()
                : !(failure instanceof CredentialsException);
    }

    private static SuppressRestartsException end(String message, IOException cause) {
        return new SuppressRestartsException(new ValidationException(message, cause));
    }
}
