"""Files of a format that DuckDB lacks as SELECTs, through copies that are Parquet files."""

from collections.abc import Sequence
from pathlib import Path

from local_aws.engine.scan import avro, orc
from local_aws.engine.scan.footers import Footer, read_copy
from local_aws.engine.scan.parquet_columns import column_expressions
from local_aws.engine.scan.parquet_files import read_parquet
from local_aws.engine.scan.reading import Member, Reading, Unit
from local_aws.engine.scan.serde import Format
from local_aws.objects import StoredObject


def branches(reading: Reading, file_format: Format, units: Sequence[Unit]) -> list[str]:
    """Return the SELECTs over copies of the files, whose reading counts as scanned."""
    groups: dict[object, tuple[Footer, list[Member]]] = {}
    for unit in units:
        for file in unit.files:
            path = _copy(reading, file, file_format)
            footer = read_copy(path)
            member = Member(unit.partition, file, str(path))
            groups.setdefault(footer.signature, (footer, []))[1].append(member)
    found = []
    for footer, members in groups.values():
        first = members[0].file
        columns = column_expressions(reading.plain, footer, first, file_format.name)
        found += reading.select_with_keys(columns, members, read_parquet)
    return found


def _copy(reading: Reading, file: StoredObject, file_format: Format) -> Path:
    if file_format.name == "avro":
        kinds = {column.name: column.type for column in reading.plain}
        return avro.as_parquet(reading.context, file, kinds, file_format)
    places = {name: reading.declared.index(name) for name in reading.names}
    return orc.as_parquet(reading.context, file, places, file_format)
