package ecommerce.flink.kinesis.table;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.runtime.generated.GeneratedFunction;
import org.apache.flink.table.types.logical.RowType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles expressions of a table as the planner does.
 *
 * <p>Flink has no public way to evaluate an expression, and hides the planner behind a class loader of its own. An
 * expression of SQL is one of the planner's objects, so its loader leads there. What is used stands here alone: a Flink
 * that has moved it makes no function, and the expression is computed behind the source only.
 */
final class PlannerFunctions {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerFunctions.class);
    private static final String PLANNER = "org.apache.flink.table.planner.";

    private PlannerFunctions() {}

    /**
     * Makes a function of an expression.
     *
     * @param input the columns that it is over, in their order
     * @param usable the positions of those that it may read
     * @return the function that makes a row of the one value; empty where the planner does not compile it
     */
    @SuppressWarnings("unchecked")
    static Optional<GeneratedFunction<FlatMapFunction<RowData, RowData>>> of(
            ResolvedExpression expression,
            RowType input,
            List<Integer> usable,
            ReadableConfig options,
            ClassLoader user) {
        ClassLoader planner = expression.getClass().getClassLoader();
        try {
            Class<?> rexNode = Class.forName("org.apache.calcite.rex.RexNode", true, planner);
            Object rex = expression.getClass().getMethod("getRexNode").invoke(expression);
            Object bits = Class.forName("org.apache.calcite.plan.RelOptUtil$InputFinder", true, planner)
                    .getMethod("bits", rexNode)
                    .invoke(null, rex);
            List<Integer> read =
                    (List<Integer>) bits.getClass().getMethod("toList").invoke(bits);
            if (!usable.containsAll(read)) {
                return Optional.empty();
            }
            Object projection = Class.forName(PLANNER + "utils.JavaScalaConversionUtil", true, planner)
                    .getMethod("toScala", List.class)
                    .invoke(null, List.of(rex));
            Class<?> seq = Class.forName("scala.collection.Seq", true, planner);
            return Optional.of((GeneratedFunction<FlatMapFunction<RowData, RowData>>)
                    Class.forName(PLANNER + "codegen.LookupJoinCodeGenerator", true, planner)
                            .getMethod(
                                    "generateCalcMapFunction",
                                    ReadableConfig.class,
                                    ClassLoader.class,
                                    seq,
                                    rexNode,
                                    RowType.class,
                                    RowType.class)
                            .invoke(
                                    null,
                                    options,
                                    user,
                                    projection,
                                    null,
                                    RowType.of(expression.getOutputDataType().getLogicalType()),
                                    input));
        } catch (InvocationTargetException e) {
            LOG.info("The planner does not compile {} for the source", expression, e.getCause());
        } catch (ReflectiveOperationException e) {
            LOG.info("This planner does not show how to compile {} for the source", expression, e);
        }
        return Optional.empty();
    }
}
