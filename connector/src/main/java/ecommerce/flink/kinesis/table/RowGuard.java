package ecommerce.flink.kinesis.table;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;

/**
 * Finds rows that a format lets pass and the table does not: NULL in a NOT NULL column.
 *
 * @param required positions of the columns that must have a value
 * @param names the names of all columns of a row
 */
record RowGuard(int[] required, String[] names) implements Serializable {

    /** The guard of a row with all physical columns. */
    static RowGuard of(ResolvedSchema schema) {
        List<Column> columns =
                schema.getColumns().stream().filter(Column::isPhysical).toList();
        int[] required = IntStream.range(0, columns.size())
                .filter(i -> !columns.get(i).getDataType().getLogicalType().isNullable())
                .toArray();
        return new RowGuard(required, columns.stream().map(Column::getName).toArray(String[]::new));
    }

    /** The guard of a row with some of the columns. */
    RowGuard ofColumns(int[][] columns) {
        int[] needed = IntStream.range(0, columns.length)
                .filter(i -> Arrays.stream(required).anyMatch(position -> position == columns[i][0]))
                .toArray();
        String[] asked = Arrays.stream(columns).map(column -> names[column[0]]).toArray(String[]::new);
        return new RowGuard(needed, asked);
    }

    /**
     * Checks a row.
     *
     * @throws IOException with the reason when the row may not pass
     */
    void check(RowData row) throws IOException {
        for (int position : required) {
            if (row.isNullAt(position)) {
                throw new IOException("column '" + names[position] + "' has no value: it is NOT NULL");
            }
        }
    }
}
