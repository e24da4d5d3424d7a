package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A web identity token, read again at each refresh because its issuer renews it. */
final class TokenFile {
    private TokenFile() {}

    static String read(Path file, String option) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Option '" + option + "': cannot read " + file, e);
        }
    }
}
