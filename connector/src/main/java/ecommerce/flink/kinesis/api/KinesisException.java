package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.util.Set;

/** A call that the service refused, with the service's own code. */
public class KinesisException extends IOException {
    private static final Set<String> THROTTLED = Set.of(
            "ProvisionedThroughputExceededException",
            "LimitExceededException",
            "ThrottlingException",
            "KMSThrottlingException",
            "RequestLimitExceeded",
            "Throttling",
            "TooManyRequestsException");
    private static final Set<String> CREDENTIALS = Set.of(
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "AccessDeniedException",
            "MissingAuthenticationTokenException",
            "MissingAuthenticationToken",
            "IncompleteSignatureException",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredTokenException",
            "OptInRequired",
            "NotAuthorized");

    private final int status;
    private final String code;

    public KinesisException(String operation, int status, String code, String message) {
        super(operation + ": " + code + " (HTTP " + status + ")" + (message.isEmpty() ? "" : ": " + message));
        this.status = status;
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** Whether the same call may succeed a little later. */
    public boolean isTransient() {
        return status >= 500 || status == 429 || isThrottled();
    }

    /** Whether the stream, or a shard, is asked for more than its limits allow. */
    public boolean isThrottled() {
        return THROTTLED.contains(code);
    }

    public boolean isMissing() {
        return code.equals("ResourceNotFoundException");
    }

    /** A consumer that exists or is being made, or whose subscription another one holds. */
    public boolean isInUse() {
        return code.equals("ResourceInUseException");
    }

    /** An iterator lasts five minutes, a throttled reader may need it later. */
    public boolean isExpiredIterator() {
        return code.equals("ExpiredIteratorException");
    }

    /** What a restarted server says of an iterator that it does not know. */
    public boolean isInvalidArgument() {
        return code.equals("InvalidArgumentException");
    }

    public boolean isCredentials() {
        return CREDENTIALS.contains(code);
    }
}
