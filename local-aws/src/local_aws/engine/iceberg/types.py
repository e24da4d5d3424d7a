"""Iceberg's types as Trino's, and the other way round.

Source: the Iceberg specification, "Schemas and data types", and Trino's Iceberg connector, "Type
mapping".
"""

from collections.abc import Callable
from itertools import count

from pyiceberg import types as iceberg
from pyiceberg.schema import Schema

from local_aws.engine.context import QueryError
from local_aws.trino import types as trino
from local_aws.trino.type_syntax import from_hive
from local_aws.trino.types import TrinoType

_TO_TRINO: dict[type, TrinoType] = {
    iceberg.BooleanType: trino.BOOLEAN,
    iceberg.IntegerType: trino.INTEGER,
    iceberg.LongType: trino.BIGINT,
    iceberg.FloatType: TrinoType("real"),
    iceberg.DoubleType: trino.DOUBLE,
    iceberg.DateType: trino.DATE,
    iceberg.TimeType: TrinoType("time", (6,)),
    iceberg.TimestampType: trino.timestamp(6),
    iceberg.TimestamptzType: trino.timestamp(6, zone=True),
    iceberg.StringType: trino.VARCHAR,
    iceberg.UUIDType: TrinoType("uuid"),
    iceberg.FixedType: trino.VARBINARY,
    iceberg.BinaryType: trino.VARBINARY,
}
_FROM_TRINO: dict[str, Callable[[], iceberg.PrimitiveType]] = {
    "boolean": iceberg.BooleanType,
    "integer": iceberg.IntegerType,
    "bigint": iceberg.LongType,
    "real": iceberg.FloatType,
    "double": iceberg.DoubleType,
    "date": iceberg.DateType,
    "time": iceberg.TimeType,
    "timestamp": iceberg.TimestampType,
    "timestamp with time zone": iceberg.TimestamptzType,
    "varchar": iceberg.StringType,
    "varbinary": iceberg.BinaryType,
}


def to_trino(kind: iceberg.IcebergType) -> TrinoType:
    """Return an Iceberg type as Trino has it.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a type that Trino lacks.
    """
    if isinstance(kind, iceberg.StructType):
        return trino.row(*((field.name, to_trino(field.field_type)) for field in kind.fields))
    if isinstance(kind, iceberg.ListType):
        return trino.array(to_trino(kind.element_type))
    if isinstance(kind, iceberg.MapType):
        return trino.map_of(to_trino(kind.key_type), to_trino(kind.value_type))
    if isinstance(kind, iceberg.DecimalType):
        return trino.decimal(kind.precision, kind.scale)
    found = _TO_TRINO.get(type(kind))
    if found is None:
        raise QueryError(f"NOT_SUPPORTED: Cannot convert from Iceberg type '{kind}' to Trino type")
    return found


class Maker:
    """Makes Iceberg types, each part with an id of its own that a table's commit replaces."""

    def __init__(self, *, of_hive: bool) -> None:
        self._ids = count(1)
        self._of_hive = of_hive

    def schema(self, columns: list[tuple[str, TrinoType, str | None]]) -> Schema:
        """Return a schema of columns: name, type and comment."""
        return Schema(*(self.field(*each) for each in columns))

    def field(self, name: str, kind: TrinoType, doc: str | None = None) -> iceberg.NestedField:
        """Return an optional field."""
        return iceberg.NestedField(next(self._ids), name, self.of(kind), required=False, doc=doc)

    def of(self, kind: TrinoType) -> iceberg.IcebergType:
        """Return a Trino type as Iceberg has it.

        Raises
        ------
        QueryError
            NOT_SUPPORTED for a type that Iceberg lacks, and for times of another precision than
            six digits, which a statement of Hive's dialect cannot name.
        """
        if kind.name == "row":
            if any(not name for name, _ in kind.args):
                raise QueryError("NOT_SUPPORTED: Row type field does not have a name: " + str(kind))
            return iceberg.StructType(*(self.field(name, inner) for name, inner in kind.args))
        if kind.name == "array":
            return iceberg.ListType(next(self._ids), self.of(kind.args[0]), False)
        if kind.name == "map":
            key, value = next(self._ids), next(self._ids)
            return iceberg.MapType(key, self.of(kind.args[0]), value, self.of(kind.args[1]), False)
        if kind.name == "decimal":
            return iceberg.DecimalType(*kind.args)
        made = _FROM_TRINO.get(kind.name)
        if made is None or (self._of_hive and kind.args):
            if not (self._of_hive and kind.name == "timestamp"):
                raise QueryError(f"NOT_SUPPORTED: Type not supported for Iceberg: {kind}")
        elif kind.name.startswith("time") and kind.args[0] != 6:
            what = "Time" if kind.name == "time" else "Timestamp"
            wanted = TrinoType(kind.name, (6,))
            raise QueryError(
                f"NOT_SUPPORTED: {what} precision ({kind.args[0]}) not supported for Iceberg. "
                f'Use "{wanted}" instead.'
            )
        return _FROM_TRINO[kind.name]()


def hive_type(text: str) -> iceberg.IcebergType:
    """Return the Iceberg type that a statement of Hive's dialect names."""
    return Maker(of_hive=True).of(from_hive(text))
