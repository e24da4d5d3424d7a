package ecommerce.flink.kinesis.api;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a stream as AWS writes it: {@code arn:aws:kinesis:REGION:ACCOUNT:stream/NAME}. */
public record StreamArn(String text, String region, String name) implements Serializable {
    private static final Pattern FORM =
            Pattern.compile("arn:aws[a-z-]*:kinesis:([a-z0-9-]+):\\d{12}:stream/([a-zA-Z0-9_.-]{1,128})");

    /**
     * Reads an ARN.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    public static StreamArn parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not the ARN of a Kinesis stream:"
                    + " expected arn:aws:kinesis:REGION:ACCOUNT:stream/NAME");
        }
        return new StreamArn(text, matcher.group(1), matcher.group(2));
    }

    @Override
    public String toString() {
        return text;
    }
}
