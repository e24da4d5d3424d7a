"""How a table's files are read: its SerDe and input format, said as one of a few formats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from local_aws.engine.context import QueryError

FormatName = Literal["parquet", "delimited", "quoted csv", "openx json", "hcatalog json"]

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_FORMATS: dict[str, FormatName] = {
    _PARQUET: "parquet",
    "parquet.hive.serde.ParquetHiveSerDe": "parquet",
    _LAZY: "delimited",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "quoted csv",
    "com.bizo.hive.serde.csv.CSVSerde": "quoted csv",
    "org.openx.data.jsonserde.JsonSerDe": "openx json",
    "org.apache.hive.hcatalog.data.JsonSerDe": "hcatalog json",
    "org.apache.hadoop.hive.serde2.JsonSerDe": "hcatalog json",
}
_TEXT_INPUTS = ("org.apache.hadoop.mapred.TextInputFormat", "")
_PARQUET_INPUTS = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "parquet.hive.DeprecatedParquetInputFormat",
    "",
)


@dataclass(frozen=True)
class Format:
    """A file format with the properties that steer its reading, those of the table included."""

    name: FormatName
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def header_lines(self) -> int:
        """How many lines at the start of each file are no rows."""
        return int(self.properties.get("skip.header.line.count", "0") or "0")


def format_of(storage: Mapping[str, Any], parameters: Mapping[str, str]) -> Format:
    """Return the format that a storage descriptor names.

    Parameters
    ----------
    storage
        Glue's StorageDescriptor of a table or partition.
    parameters
        The table's properties, of which ``skip.header.line.count`` counts.

    Raises
    ------
    QueryError
        NOT_SUPPORTED, with the SerDe's or input format's name, for what nothing here reads.
    """
    serde = storage.get("SerdeInfo") or {}
    library = serde.get("SerializationLibrary") or ""
    reads = storage.get("InputFormat") or ""
    name = _FORMATS.get(library)
    if name is None:
        raise QueryError(f"NOT_SUPPORTED: SerDe {library} is not supported here")
    inputs = _PARQUET_INPUTS if name == "parquet" else _TEXT_INPUTS
    if reads not in inputs:
        raise QueryError(f"NOT_SUPPORTED: input format {reads} is not supported here")
    if parameters.get("skip.footer.line.count", "0") not in ("0", ""):
        raise QueryError("NOT_SUPPORTED: skip.footer.line.count is not supported here")
    return Format(name, {**parameters, **(serde.get("Parameters") or {})})
