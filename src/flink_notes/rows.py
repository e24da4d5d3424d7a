"""The rows of a Flink result in Python, a batch at a time as Arrow."""

import re
from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from py4j.protocol import Py4JJavaError

from flink_notes import java
from helpers.errors import InputError

BATCH: Final = 5_000
_WAITING: Final = 20_000  # rows between Flink and Python, before Flink has to wait
_ROW: Final = "org.apache.flink.table.data.RowData"
_KIND: Final = "org.apache.flink.types.RowKind"
_BYTES: Final = "java.io.ByteArrayOutputStream"
_NO_ARROW: Final = re.compile(r"doesn't support logical type (.+?) currently")
_DTYPES: Final = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}


class Reader:
    """Reads the rows of one result while its job runs.

    PyFlink's ``collect`` asks Java several times a row and cannot pickle a
    TIMESTAMP_LTZ. Here a thread of the JVM fills a queue, and Flink's own Arrow
    writer makes one block of bytes of what waits in it.

    Parameters
    ----------
    result : pyflink.table.TableResult
        Of any statement.

    Raises
    ------
    InputError
        Where Arrow does not know the type of a column, such as INTERVAL.
    """

    def __init__(self, result: Any) -> None:
        packages = java.jvm()
        java_result = result._j_table_result
        row = java_result.getResolvedSchema().toPhysicalRowDataType().getLogicalType()
        self._iterator = java_result.collectInternal()
        try:
            self._out = packages.java.io.ByteArrayOutputStream()
            serializers = packages.org.apache.flink.table.runtime.arrow.serializers
            self._serializer = serializers.ArrowSerializer(row, row)
            self._serializer.open(packages.java.io.ByteArrayInputStream(b""), self._out)
            self.schema = _with_zones(self._take().schema, row)
        except Py4JJavaError as error:
            self._iterator.close()
            if found := _NO_ARROW.search(str(error)):
                raise InputError(
                    f"Rows with {found[1]} do not reach Python: CAST the column AS STRING."
                ) from error
            raise
        write = java.method(_owner(self._serializer), "write", takes=_ROW)
        self._write = java.function(java.CONSUMER, write.bindTo(self._serializer))
        self._queue = packages.java.util.concurrent.LinkedBlockingQueue(_WAITING)
        put = java.method(_owner(self._queue), "put", takes="java.lang.Object")
        drain = java.method("java.util.Iterator", "forEachRemaining", takes=java.CONSUMER)
        drain = drain.bindTo(self._iterator).bindTo(
            java.function(java.CONSUMER, put.bindTo(self._queue))
        )
        self._task = packages.java.util.concurrent.FutureTask(
            java.function(java.RUNNABLE, drain), None
        )
        thread = packages.java.lang.Thread(self._task, "rows for the notebook")
        thread.setDaemon(True)
        thread.start()

    def read(self) -> tuple[bytes, pa.Table] | None:
        """Take what has arrived.

        Returns
        -------
        tuple of (bytes, pyarrow.Table) or None
            The kind of each row (0 is +I, 1 is -U, 2 is +U, 3 is -D) and its
            values, from none to `BATCH` rows. None where all was read before.

        Raises
        ------
        Py4JJavaError
            What the job failed with.
        """
        java.release()
        ended = self._task.isDone()
        batch = java.jvm().java.util.ArrayList()
        self._queue.drainTo(batch, BATCH)
        if batch.isEmpty():
            if ended:
                self._task.get()
                return None
            return b"", self.schema.empty_table()
        java.for_each(batch, self._write)
        return _kinds(batch), _zoned(self._take(), self.schema)

    def close(self) -> None:
        """Cancel the job, if it runs, and let go of what Java holds."""
        self._task.cancel(True)
        try:
            self._iterator.close()
        except Py4JJavaError as error:
            # The thread that read was interrupted and has cancelled the job already.
            if java.CLUSTER_GONE not in str(error):
                raise
        finally:
            self._serializer.close()

    def _take(self) -> pa.Table:
        self._serializer.finishCurrentBatch()
        table = pa.ipc.open_stream(self._out.toByteArray()).read_all()
        self._out.reset()
        self._serializer.resetWriter()
        return table


def frame(table: pa.Table) -> pd.DataFrame:
    """Turn rows into a data frame.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pandas.DataFrame
        Whole numbers, truth values and text in nullable dtypes, TIMESTAMP without
        and TIMESTAMP_LTZ with the zone UTC, DECIMAL, DATE, TIME, ARRAY, MAP and ROW
        as Python objects.
    """
    places = table.rename_columns([str(place) for place in range(table.num_columns)])
    rows: pd.DataFrame = places.to_pandas(types_mapper=_DTYPES.get, date_as_object=True)
    rows.columns = pd.Index(table.column_names)  # two of them may have one name
    return rows


def table_of(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Make an Arrow table of rows.

    Parameters
    ----------
    rows : iterable of tuple
        Values in the schema's order.
    schema : pyarrow.Schema

    Returns
    -------
    pyarrow.Table
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    """Make rows of an Arrow table, also where two columns have one name."""
    return list(zip(*map(_python, table.columns), strict=True))


def _python(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_float32(column.type):  # 1.1 is to stay 1.1, not the double nearest to it
        return [text and float(text) for text in column.cast(pa.string()).to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def _owner(target: Any) -> str:
    return str(target.getClass().getName())


def _kinds(batch: Any) -> bytes:
    kinds = java.jvm().java.io.ByteArrayOutputStream()
    byte = java.chain(
        java.method(_ROW, "getRowKind", returns=_KIND), java.method(_KIND, "toByteValue", "byte")
    )
    write = java.method(_BYTES, "write", takes="int").bindTo(kinds)
    append = java.chain(byte.asType(byte.type().changeReturnType(java.type_of("int"))), write)
    java.for_each(batch, java.function(java.CONSUMER, append))
    return bytes(kinds.toByteArray())


def _with_zones(schema: pa.Schema, row: Any) -> pa.Schema:
    """Mark TIMESTAMP_LTZ as UTC, which Flink's Arrow leaves out."""
    logical = row.getChildren()
    return pa.schema(
        [field.with_type(_zone(field.type, logical[i])) for i, field in enumerate(schema)]
    )


def _zone(kind: pa.DataType, logical: Any) -> pa.DataType:
    inner = list(logical.getChildren())
    if logical.getTypeRoot().toString() == "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
        return pa.timestamp(kind.unit, "UTC")
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_zone(kind.value_type, inner[0])))
    if pa.types.is_map(kind):
        return pa.map_(_zone(kind.key_type, inner[0]), _zone(kind.item_type, inner[1]))
    if pa.types.is_struct(kind):
        return pa.struct(
            [
                kind.field(i).with_type(_zone(kind.field(i).type, inner[i]))
                for i in range(len(inner))
            ]
        )
    return kind


def _zoned(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        column.cast(kind)
        if column.type == kind or pa.types.is_timestamp(kind)
        else pa.array(column.to_pylist(), kind)
        for column, kind in zip(table.columns, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)
