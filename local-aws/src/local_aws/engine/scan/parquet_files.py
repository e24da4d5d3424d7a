"""Parquet files as SELECTs: one over all files whose footers agree on the columns."""

from collections.abc import Collection, Sequence

from local_aws.engine.scan import repair
from local_aws.engine.scan.folders import names_told, read_told
from local_aws.engine.scan.footers import Footer, read_copy, read_footer
from local_aws.engine.scan.parquet_columns import column_expressions
from local_aws.engine.scan.reading import Member, Reading, Unit
from local_aws.engine.scan.row_groups import bytes_read
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal


def branches(reading: Reading, file_format: Format, units: Sequence[Unit]) -> list[str]:
    """Return the SELECTs over the files, whose bytes that are read count as scanned."""
    groups: dict[object, list[Member]] = {}
    footers: dict[object, Footer] = {}
    for unit in units:
        for file in unit.files:
            footer, path = _named(reading, read_footer(file), file_format), file.path
            if not _counted(reading, footer):
                continue
            if reading.context.repairs_texts:
                path = repair.copy(reading.context, file, footer, reading.names)
                footer = footer.spelled_as(read_copy(path))
            footers.setdefault(footer.signature, footer)
            member = Member(unit.partition, file, str(path))
            groups.setdefault(footer.signature, []).append(member)
    found = []
    for signature, members in groups.items():
        footer = footers[signature]
        columns = column_expressions(reading.plain, footer, members[0].file)
        if _keys_in_folders(reading, members, footer.columns):
            kinds = {key.name: key.type for key in reading.keys}
            source = read_told([member.path for member in members], kinds)
            columns.update({key.name: identifier(key.name) for key in reading.keys})
            found.append(reading.select(columns, source))
        else:
            found += reading.select_with_keys(columns, members, read_parquet)
    return found


def read_parquet(paths: Sequence[str], options: str = "") -> str:
    """Return DuckDB's reader of Parquet files, which takes no keys from folders unless told."""
    listed = ", ".join(map(literal, paths))
    return f"read_parquet([{listed}], hive_partitioning=false{options})"


def _named(reading: Reading, footer: Footer, file_format: Format) -> Footer:
    """Return a footer with the table's names, where columns are found by place."""
    if file_format.says("parquet.column.index.access"):
        return footer.by_place(reading.declared)
    return footer


def _counted(reading: Reading, footer: Footer) -> bool:
    """Count what reading a Parquet file costs, its footer apart; whether it is read at all."""
    size = bytes_read(footer, reading.names, reading.keeps, reading.bounded)
    if size is not None:
        reading.context.add_scanned(size)
    return size is not None


def _keys_in_folders(
    reading: Reading, members: Sequence[Member], file_columns: Collection[str]
) -> bool:
    """Whether DuckDB can take the keys from the folders' names itself."""
    keys = reading.keys
    if not keys or reading.hidden or len({each.partition.values for each in members}) == 1:
        return False
    if any(name in file_columns for name in reading.key_names):
        return False
    kinds = {key.name: key.type for key in keys}
    folders = set()
    for member in members:
        values = dict(zip(reading.key_names, member.partition.values, strict=True))
        folders.add(names_told(member.path, {name: values[name] for name in kinds}, kinds))
    return len(folders) == 1 and None not in folders
