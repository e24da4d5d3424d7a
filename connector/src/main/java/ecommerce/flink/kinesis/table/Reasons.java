package ecommerce.flink.kinesis.table;

/** Why an expression failed, below what the planner's code wraps around it. */
final class Reasons {
    private Reasons() {}

    static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
