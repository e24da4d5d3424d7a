"""Partition values in DuckDB, as text over a row's columns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import duckdb
from pyiceberg import types as iceberg
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform

from local_aws.engine.iceberg.specs import internal, transformed
from local_aws.engine.iceberg.types import to_trino
from local_aws.engine.scan.sql import identifier
from local_aws.trino.type_storage import to_duckdb

_COUNTED = (
    iceberg.DateType,
    iceberg.TimestampType,
    iceberg.TimestamptzType,
    iceberg.TimeType,
)


@contextmanager
def transforming(
    connection: duckdb.DuckDBPyConnection, spec: PartitionSpec, schema: Schema
) -> Iterator[list[str]]:
    """Give DuckDB texts of a partitioning's values, over columns as files hold them.

    What DuckDB does not compute itself (hashes, truncation) is pyiceberg's, as a function of the
    connection that is gone afterwards.
    """
    texts, made = [], []
    try:
        for field in spec.fields:
            column = schema.find_field(field.source_id)
            kind = column.field_type
            source = identifier(column.name)
            if isinstance(kind, iceberg.TimestamptzType):
                source = f"make_timestamp(epoch_us({source}))"
            text = transformed(field.transform, source, kind)
            if text is None:
                name = f"iceberg_{uuid4().hex}"
                given = "BIGINT" if isinstance(kind, _COUNTED) else to_duckdb(to_trino(kind))
                bucket = isinstance(field.transform, BucketTransform)
                apply: Callable[[Any], Any] = field.transform.transform(kind)
                connection.create_function(
                    name,
                    apply,
                    [duckdb.sqltype(given)],
                    duckdb.sqltype("INTEGER" if bucket else given),
                )
                made.append(name)
                text = f"{name}({internal(source, kind)})"
            texts.append(text)
        yield texts
    finally:
        for name in made:
            connection.remove_function(name)
