package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.io.OutputStream;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;
import software.amazon.awssdk.thirdparty.jackson.dataformat.cbor.CBORFactory;
import software.amazon.awssdk.thirdparty.jackson.dataformat.cbor.CBORGenerator;

/** The two encodings that Kinesis speaks; they differ in blobs (base64 or bytes) and in times. */
public enum Wire {
    /** Bytes as they are, times as integer milliseconds under tag 1. */
    CBOR("application/x-amz-cbor-1.1", new CBORFactory()) {
        @Override
        void writeTime(JsonGenerator generator, long millis) throws IOException {
            ((CBORGenerator) generator).writeTag(EPOCH_TAG);
            generator.writeNumber(millis);
        }

        @Override
        long readTime(JsonParser parser) throws IOException {
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    ? parser.getLongValue()
                    : Math.round(parser.getDoubleValue() * 1000);
        }
    },
    /** Base64, times as seconds with a fraction. */
    JSON("application/x-amz-json-1.1", new JsonFactory()) {
        @Override
        void writeTime(JsonGenerator generator, long millis) throws IOException {
            generator.writeNumber(millis / 1000.0);
        }

        @Override
        long readTime(JsonParser parser) throws IOException {
            return Math.round(parser.getDoubleValue() * 1000);
        }
    };

    private static final int EPOCH_TAG = 1;

    final String contentType;
    private final JsonFactory factory;

    Wire(String contentType, JsonFactory factory) {
        this.contentType = contentType;
        this.factory = factory;
    }

    /** The encoding of a response, which is the server's choice. */
    static Wire ofContentType(String contentType) {
        return contentType.contains("cbor") ? CBOR : JSON;
    }

    JsonGenerator generator(OutputStream out) throws IOException {
        return factory.createGenerator(out);
    }

    JsonParser parser(byte[] bytes) throws IOException {
        return factory.createParser(bytes);
    }

    abstract void writeTime(JsonGenerator generator, long millis) throws IOException;

    abstract long readTime(JsonParser parser) throws IOException;
}
