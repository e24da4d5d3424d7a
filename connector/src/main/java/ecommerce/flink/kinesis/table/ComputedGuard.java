package ecommerce.flink.kinesis.table;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.util.FunctionUtils;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedFunction;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds rows for which a computed column fails: the planner computes it behind the source, where nobody knows the
 * record and nothing can be done but end the job.
 */
final class ComputedGuard implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ComputedGuard.class);

    private final Map<String, GeneratedFunction<FlatMapFunction<RowData, RowData>>> generated;
    /** The physical columns among those that an expression may name; null for a metadata column. */
    private final RowData.FieldGetter[] columns;

    private transient Map<String, FlatMapFunction<RowData, RowData>> functions;
    private transient List<RowData> computed;

    private ComputedGuard(
            Map<String, GeneratedFunction<FlatMapFunction<RowData, RowData>>> generated,
            RowData.FieldGetter[] columns) {
        this.generated = generated;
        this.columns = columns;
    }

    /**
     * The guard of a table's computed columns but one.
     *
     * <p>A column that reads metadata is left to the planner, for metadata are read behind the guard.
     *
     * @param eventTime the watermark's column, which has a guard of its own, or null
     */
    static ComputedGuard of(ResolvedSchema schema, String eventTime, ReadableConfig options, ClassLoader user) {
        // The planner resolves expressions over these, in the order of the table.
        List<Column> sources = schema.getColumns().stream()
                .filter(column -> !(column instanceof Column.ComputedColumn))
                .toList();
        RowType input = RowType.of(
                sources.stream()
                        .map(column -> column.getDataType().getLogicalType())
                        .toArray(LogicalType[]::new),
                sources.stream().map(Column::getName).toArray(String[]::new));
        List<Integer> physical = IntStream.range(0, sources.size())
                .filter(i -> sources.get(i).isPhysical())
                .boxed()
                .toList();
        RowData.FieldGetter[] columns = new RowData.FieldGetter[sources.size()];
        for (int position : physical) {
            columns[position] = RowData.createFieldGetter(input.getTypeAt(position), physical.indexOf(position));
        }
        Map<String, GeneratedFunction<FlatMapFunction<RowData, RowData>>> generated = new LinkedHashMap<>();
        for (Column column : schema.getColumns()) {
            if (column instanceof Column.ComputedColumn computed
                    && !column.getName().equals(eventTime)) {
                PlannerFunctions.of(computed.getExpression(), input, physical, options, user)
                        .ifPresent(function -> generated.put(column.getName(), function));
            }
        }
        return new ComputedGuard(generated, columns);
    }

    void open(ClassLoader user) {
        functions = new LinkedHashMap<>();
        computed = new ArrayList<>();
        generated.forEach((name, code) -> {
            FlatMapFunction<RowData, RowData> function = code.newInstance(user);
            try {
                FunctionUtils.openFunction(function, DefaultOpenContext.INSTANCE);
                functions.put(name, function);
            } catch (Exception e) {
                // A function of the user's own wants the context of an operator, which a source has not.
                LOG.info("Column '{}' is computed behind the source only", name, e);
            }
        });
    }

    /**
     * Checks a row with all physical columns.
     *
     * @throws IOException with the column and the reason when one fails
     */
    void check(RowData row) throws IOException {
        if (functions.isEmpty()) {
            return;
        }
        GenericRowData named = new GenericRowData(row.getRowKind(), columns.length);
        for (int i = 0; i < columns.length; i++) {
            named.setField(i, columns[i] == null ? null : columns[i].getFieldOrNull(row));
        }
        for (Map.Entry<String, FlatMapFunction<RowData, RowData>> column : functions.entrySet()) {
            try {
                column.getValue().flatMap(named, new ListCollector<>(computed));
            } catch (Exception e) {
                throw new IOException("column '" + column.getKey() + "' cannot be computed: " + Reasons.root(e));
            } finally {
                computed.clear();
            }
        }
    }
}
