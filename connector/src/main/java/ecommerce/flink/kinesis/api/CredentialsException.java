package ecommerce.flink.kinesis.api;

import java.io.IOException;

/** No credentials could be had from the configured provider. */
public class CredentialsException extends IOException {
    public CredentialsException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
