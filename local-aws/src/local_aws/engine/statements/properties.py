"""The properties of CTAS and UNLOAD: WITH (name = value, …), read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_aws.engine.context import QueryError
from local_aws.engine.hive.tokens import Cursor
from local_aws.engine.scan.serde import Format

Value = str | int | bool | list[str]
# what Athena writes where nothing is said
_DEFAULTS = {
    "PARQUET": "GZIP",
    "ORC": "ZLIB",
    "TEXTFILE": "GZIP",
    "JSON": "GZIP",
    "AVRO": "DEFLATE",
}
_CODECS = {
    "PARQUET": ("GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "ORC": ("ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "TEXTFILE": ("GZIP", "ZSTD", "NONE"),
    "JSON": ("GZIP", "ZSTD", "NONE"),
    "AVRO": ("DEFLATE", "BZIP2", "SNAPPY", "ZSTD", "NONE"),
}
# the property of a table that says how its files are compressed
COMPRESSION_PROPERTY = {
    "PARQUET": "parquet.compression",
    "ORC": "orc.compress",
    "TEXTFILE": "write.compression",
    "JSON": "write.compression",
    "AVRO": "write.compression",
}


@dataclass(frozen=True)
class WriteFormat:
    """How files are written: PARQUET, ORC, AVRO, TEXTFILE, CSV or JSON, the codec, the SerDe."""

    name: str
    codec: str
    level: int | None = None
    serde: Format = field(default_factory=lambda: Format("delimited"))

    @property
    def suffix(self) -> str:
        """What the names of compressed text files end with."""
        if self.name in ("PARQUET", "ORC", "AVRO"):
            return ""
        return {"GZIP": ".gz", "ZSTD": ".zst"}.get(self.codec, "")


def read_properties(cursor: Cursor) -> dict[str, Value]:
    """Read ``(name = value, …)``, names in lower case.

    A value is a string, a whole number, TRUE, FALSE, or ``ARRAY['…', …]``.
    """
    cursor.need("(")
    found: dict[str, Value] = {}
    if cursor.take(")"):
        return found
    while True:
        name = cursor.name()
        cursor.need("=")
        found[name] = _value(cursor)
        if not cursor.take(","):
            break
    cursor.need(")")
    return found


def _value(cursor: Cursor) -> Value:
    if cursor.token.kind == "string":
        return cursor.string()
    if cursor.token.kind == "number":
        return cursor.integer()
    if cursor.take("ARRAY", "["):
        items = []
        while not cursor.take("]"):
            items.append(cursor.string())
            if not cursor.sees("]"):
                cursor.need(",")
        return items
    for word, value in (("TRUE", True), ("FALSE", False)):
        if cursor.take(word):
            return value
    cursor.fail("a value")


def check_names(properties: Mapping[str, Value], known: tuple[str, ...], what: str) -> None:
    """Refuse properties that a statement does not have.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY with the name.
    """
    for name in properties:
        if name not in known:
            raise QueryError(
                f"INVALID_TABLE_PROPERTY: Catalog 'awsdatacatalog' {what} property '{name}' does "
                "not exist"
            )


def text_property(properties: Mapping[str, Value], name: str) -> str | None:
    """Return a property that must be a string, None where it is not given."""
    value = properties.get(name)
    if value is not None and not isinstance(value, str):
        raise QueryError(f"INVALID_TABLE_PROPERTY: property '{name}' must be a string")
    return value


def names_property(properties: Mapping[str, Value], name: str) -> list[str]:
    """Return a property that must be an array of column names, in lower case."""
    value = properties.get(name, [])
    if not isinstance(value, list):
        raise QueryError(f"INVALID_TABLE_PROPERTY: property '{name}' must be an array of strings")
    return [each.lower() for each in value]


def write_format(properties: Mapping[str, Value]) -> WriteFormat:
    """Return how files are to be written.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for ION, INVALID_TABLE_PROPERTY for what is no format or codec.
    """
    name = (text_property(properties, "format") or "PARQUET").upper()
    if name == "ION":
        raise QueryError("NOT_SUPPORTED: writing ION is not supported here")
    if name not in _CODECS:
        raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported file format: {name}")
    given = (
        text_property(properties, "write_compression")
        or text_property(properties, "compression")
        or (text_property(properties, "parquet_compression") if name == "PARQUET" else None)
        or (text_property(properties, "orc_compression") if name == "ORC" else None)
        or _DEFAULTS[name]
    )
    codec = {"UNCOMPRESSED": "NONE"}.get(given.upper(), given.upper())
    if (name, codec) == ("ORC", "GZIP"):
        codec = "ZLIB"  # one algorithm
    if codec not in _CODECS[name]:
        raise QueryError(
            f"INVALID_TABLE_PROPERTY: compression {given} is not supported for {name} here"
        )
    level = properties.get("compression_level")
    if level is not None and (
        codec != "ZSTD" or not isinstance(level, int) or not 1 <= level <= 22
    ):
        raise QueryError(
            "INVALID_TABLE_PROPERTY: compression_level must be 1 to 22 and is for ZSTD alone"
        )
    delimiter = text_property(properties, "field_delimiter")
    if delimiter is not None and (len(delimiter) != 1 or name != "TEXTFILE"):
        raise QueryError(
            "INVALID_TABLE_PROPERTY: field_delimiter must be one character, for TEXTFILE alone"
        )
    serde = Format("openx json")
    if name != "JSON":
        given = delimiter or "\x01"
        serde = Format("delimited", {"field.delim": given, "serialization.format": given})
    return WriteFormat(name, codec, level if isinstance(level, int) else None, serde)
