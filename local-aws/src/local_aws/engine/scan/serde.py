"""How a table's files are read: its SerDe and input format, said as one of a few formats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from local_aws.engine.context import QueryError
from local_aws.engine.scan.properties import check_properties

FormatName = Literal[
    "parquet",
    "orc",
    "avro",
    "delimited",
    "quoted csv",
    "openx json",
    "hcatalog json",
    "regex",
]

_FORMATS: dict[str, FormatName] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "parquet",
    "parquet.hive.serde.ParquetHiveSerDe": "parquet",
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": "orc",
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": "avro",
    "org.apache.hadoop.hive.serde2.RegexSerDe": "regex",
    "org.apache.hadoop.hive.contrib.serde2.RegexSerDe": "regex",
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": "delimited",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "quoted csv",
    "com.bizo.hive.serde.csv.CSVSerde": "quoted csv",
    "org.openx.data.jsonserde.JsonSerDe": "openx json",
    "org.apache.hive.hcatalog.data.JsonSerDe": "hcatalog json",
    "org.apache.hadoop.hive.serde2.JsonSerDe": "hcatalog json",
}
_TEXT_INPUTS = ("org.apache.hadoop.mapred.TextInputFormat", "")
_INPUTS: dict[FormatName, tuple[str, ...]] = {
    "parquet": (
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "parquet.hive.DeprecatedParquetInputFormat",
        "",
    ),
    "orc": ("org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", ""),
    "avro": ("org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat", ""),
}


@dataclass(frozen=True)
class Format:
    """A file format with the properties that steer its reading, those of the table included."""

    name: FormatName
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def header_lines(self) -> int:
        """How many lines at the start of each file are no rows.

        Raises
        ------
        QueryError
            HIVE_INVALID_METADATA for what is no count.
        """
        given = self.properties.get("skip.header.line.count") or "0"
        if not given.strip().isdigit():
            raise QueryError(
                f"HIVE_INVALID_METADATA: Invalid value for skip.header.line.count property: {given}"
            )
        return int(given)

    def says(self, name: str) -> bool:
        """Return whether a property is true."""
        return self.properties.get(name, "").lower() == "true"


def format_of(storage: Mapping[str, Any], parameters: Mapping[str, str]) -> Format:
    """Return the format that a storage descriptor names.

    Parameters
    ----------
    storage
        Glue's StorageDescriptor of a table or partition.
    parameters
        The table's properties, which count beside those of the SerDe.

    Raises
    ------
    QueryError
        NOT_SUPPORTED, with the name of the SerDe, input format or property that nothing here
        reads by.
    """
    serde = storage.get("SerdeInfo") or {}
    library = serde.get("SerializationLibrary") or ""
    reads = storage.get("InputFormat") or ""
    name = _FORMATS.get(library)
    if name is None:
        raise QueryError(f"NOT_SUPPORTED: SerDe {library} is not supported here")
    if reads not in _INPUTS.get(name, _TEXT_INPUTS):
        raise QueryError(f"NOT_SUPPORTED: input format {reads} is not supported here")
    properties = {**parameters, **(serde.get("Parameters") or {})}
    check_properties(properties)
    return Format(name, properties)
