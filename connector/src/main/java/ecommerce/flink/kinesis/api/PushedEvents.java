package ecommerce.flink.kinesis.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

/** Reads the answer of SubscribeToShard, an event stream, as it comes: no further than the listener wants. */
final class PushedEvents implements Flow.Subscriber<List<ByteBuffer>>, ShardPushes.Subscription {
    static final String OPERATION = "SubscribeToShard";

    private final ShardPushes.Listener listener;
    private final MessageDecoder decoder = new MessageDecoder(this::take);
    private CompletableFuture<?> exchange;
    private Flow.Subscription bytes;
    private boolean handedOn;
    private boolean over;

    PushedEvents(ShardPushes.Listener listener) {
        this.listener = listener;
    }

    /** Says which call this is the answer of. */
    synchronized void of(CompletableFuture<?> call) {
        exchange = call;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        boolean unwanted;
        synchronized (this) {
            bytes = subscription;
            unwanted = over;
        }
        if (unwanted) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        handedOn = false;
        try {
            buffers.forEach(decoder::feed);
        } catch (RuntimeException e) {
            end(new IOException("what was pushed is no event stream: " + e.getMessage(), e));
            cancel();
            return;
        }
        if (!handedOn) {
            more();
        }
    }

    @Override
    public void onError(Throwable failure) {
        end(failure instanceof IOException broken ? broken : new IOException(failure));
    }

    @Override
    public void onComplete() {
        end(null);
    }

    @Override
    public void more() {
        Flow.Subscription from;
        synchronized (this) {
            from = bytes;
        }
        if (from != null) {
            from.request(1);
        }
    }

    @Override
    public void cancel() {
        CompletableFuture<?> call;
        Flow.Subscription from;
        synchronized (this) {
            over = true;
            call = exchange;
            from = bytes;
        }
        if (from != null) {
            from.cancel();
        }
        if (call != null) {
            call.cancel(true);
        }
    }

    /** Tells of the end, once. */
    void end(IOException failure) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        listener.ended(failure);
    }

    private void take(Message message) {
        Wire wire = Wire.ofContentType(header(message, ":content-type"));
        try {
            if (header(message, ":message-type").equals("exception")) {
                String code = header(message, ":exception-type");
                int status = code.equals("InternalFailureException") ? 500 : 400;
                end(Answers.readRefusal(OPERATION, status, code, new Transport.Response(wire, message.getPayload())));
            } else if (header(message, ":message-type").equals("error")) {
                String text = header(message, ":error-message");
                end(new KinesisException(OPERATION, 500, header(message, ":error-code"), text));
            } else if (header(message, ":event-type").equals("SubscribeToShardEvent")) {
                handedOn = true;
                listener.pushed(Answers.readEvent(new Transport.Response(wire, message.getPayload())));
            }
        } catch (IOException e) {
            end(e);
        }
    }

    private static String header(Message message, String name) {
        HeaderValue value = message.getHeaders().get(name);
        return value == null ? "" : value.getString();
    }
}
