package ecommerce.flink.kinesis.api;

/** A consumer of enhanced fan-out that is registered with a stream. */
public record StreamConsumer(String arn, String status) {
    public boolean isActive() {
        return status.equals("ACTIVE");
    }
}
