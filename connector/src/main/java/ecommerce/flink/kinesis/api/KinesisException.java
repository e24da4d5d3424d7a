package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.util.Set;

/** A call that the service refused, with the service's own code. */
public class KinesisException extends IOException {
    private static final Set<String> THROTTLED = Set.of(
            "ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException",
            "KMSThrottlingException", "RequestLimitExceeded", "Throttling", "TooManyRequestsException");
    private static final Set<String> CREDENTIALS = Set.of(
            "UnrecognizedClientException", "InvalidSignatureException", "AccessDeniedException",
            "MissingAuthenticationTokenException", "MissingAuthenticationToken",
            "IncompleteSignatureException", "IncompleteSignature", "InvalidClientTokenId",
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredTokenException", "OptInRequired",
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
        return status >= 500 || status == 429 || THROTTLED.contains(code);
    }

    public boolean isMissing() {
        return code.equals("ResourceNotFoundException");
    }

    /** Whether the iterator has to be asked for again; a restarted server does not know the old one. */
    public boolean isDeadIterator() {
        return code.equals("ExpiredIteratorException") || code.equals("InvalidArgumentException");
    }

    public boolean isCredentials() {
        return CREDENTIALS.contains(code);
    }
}
