"""What hidden columns tell of the file that a row is from, as DuckDB text."""

from collections.abc import Callable
from typing import Final

from local_aws.engine.scan.sql import literal
from local_aws.objects import StoredObject
from local_aws.trino.emit.cast_moments import zoned


def _modified(file: StoredObject) -> str:
    return zoned(f"CAST({literal(file.modified.removesuffix('Z'))} AS TIMESTAMP)", "'UTC'")


FILE_FACTS: Final[dict[str, Callable[[StoredObject], str]]] = {
    "$path": lambda file: literal(file.uri),
    "$file_size": lambda file: f"CAST({file.size} AS BIGINT)",
    "$file_modified_time": _modified,
}
