"""The rows of a Flink result in Python, a batch at a time as Arrow."""

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from py4j.protocol import Py4JJavaError

from flink_notes import carrier, frames, java
from helpers.errors import InputError

BATCH: Final = 5_000
_WAITING: Final = 20_000  # rows between Flink and Python, before Flink has to wait
_ROW: Final = "org.apache.flink.table.data.RowData"
_KIND: Final = "org.apache.flink.types.RowKind"
_BYTES: Final = "java.io.ByteArrayOutputStream"


class Reader:
    """Reads the rows of one result while its job runs.

    PyFlink's ``collect`` asks Java several times a row and cannot pickle a
    TIMESTAMP_LTZ. Here a thread of the JVM fills a queue, and Flink's own Arrow
    writer makes one block of bytes of what waits in it.

    Parameters
    ----------
    result : pyflink.table.TableResult
        Of any statement.

    stamps : mapping of int to bool
        Which of its columns are text for a TIMESTAMP beyond microseconds, and whether that
        is a TIMESTAMP_LTZ.

    Raises
    ------
    InputError
        Where a column's type is not carried, such as RAW.
    """

    def __init__(self, result: Any, stamps: Mapping[int, bool] | None = None) -> None:
        packages = java.jvm()
        java_result = result._j_table_result
        row = java_result.getResolvedSchema().toPhysicalRowDataType().getLogicalType()
        children = list(row.getChildren())
        self._variants = [i for i, child in enumerate(children) if carrier.is_variant(child)]
        self._iterator = java_result.collectInternal()
        try:
            row = carrier.for_arrow(row)
            self._out = packages.java.io.ByteArrayOutputStream()
            serializers = packages.org.apache.flink.table.runtime.arrow.serializers
            self._serializer = serializers.ArrowSerializer(row, row)
            self._serializer.open(packages.java.io.ByteArrayInputStream(b""), self._out)
            self.schema = _with_zones(self._take().schema, row)
        except BaseException:
            self._iterator.close()
            raise
        for place in self._variants:
            field = self.schema.field(place).with_type(pa.string())
            self.schema = self.schema.set(place, field)
        self._stamps = stamps or {}
        for place in self._stamps:
            self.schema = self.schema.set(place, frames.stamp(self.schema.field(place)))
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
        try:
            return _kinds(batch), self._arrived(batch)
        except pa.ArrowInvalid as error:
            said = f"These rows do not reach Python ({error}): CAST the column AS STRING."
            raise InputError(said) from error

    def _arrived(self, batch: Any) -> pa.Table:
        """Make a table of the rows that were written, with the columns that Arrow has not."""
        table = self._take()
        for place in self._variants:
            table = table.set_column(place, self.schema.field(place), [_json(batch, place)])
        for place in (place for place, zone in self._stamps.items() if zone):
            stamps = pc.binary_join_element_wise(table.column(place), "Z", "")
            table = table.set_column(place, self.schema.field(place), stamps)
        return _zoned(table, self.schema)

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


def _owner(target: Any) -> str:
    return str(target.getClass().getName())


def _json(batch: Any, place: int) -> pa.Array:
    """Write a column of VARIANTs as JSON; a call each, as Flink casts none to text."""
    rows = [None if row.isNullAt(place) else str(row.getVariant(place).toJson()) for row in batch]
    return pa.array(rows, pa.string())


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


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Put U+FFFD where bytes of a text are no UTF-8: Flink's STRINGs may hold any, as of `raw`."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        if not pa.types.is_string(column.type):
            raise
        raw = column.cast(pa.binary()).to_pylist()
        texts = [None if text is None else text.decode("utf-8", "replace") for text in raw]
        return pa.chunked_array([pa.array(texts, column.type)])
    return column


def _zoned(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        column.cast(kind)
        if column.type == kind or pa.types.is_timestamp(kind)
        else pa.array(column.to_pylist(), kind)
        for column, kind in zip(map(_readable, table.columns), schema.types, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)
