"""Text files as SELECTs: each line parsed once, the columns taken from what it is parsed to."""

from collections.abc import Sequence

from local_aws.engine.scan import json_text, quoted, regex_text, text
from local_aws.engine.scan.lines import lines_sql, readable
from local_aws.engine.scan.reading import FILE, Member, Reading, Unit
from local_aws.engine.scan.serde import Format


def branches(reading: Reading, file_format: Format, units: Sequence[Unit]) -> list[str]:
    """Return the SELECTs over the files, whose whole sizes count as scanned."""
    reading.context.add_scanned(sum(file.size for unit in units for file in unit.files))
    members = [
        Member(unit.partition, file, str(readable(reading.context, file)))
        for unit in units
        for file in unit.files
    ]
    line, columns = _of_line(reading, file_format)

    def read(paths: Sequence[str], options: str = "") -> str:
        lines = lines_sql(paths, file_format.header_lines, options)
        name = f", {FILE}" if options else ""
        return f"(SELECT {line}{name} FROM {lines})"

    return reading.select_with_keys(columns, members, read)


def _of_line(reading: Reading, file_format: Format) -> tuple[str, dict[str, str]]:
    """Return the expression of what a line is parsed to, and those of columns over it."""
    names = reading.declared
    places = [(column, names.index(column.name)) for column in reading.plain]
    if file_format.name == "delimited":
        return f"{text.fields(file_format)} AS fields", {
            column.name: text.value(place, column.type, file_format, len(names))
            for column, place in places
        }
    if file_format.name == "quoted csv":
        return f"{quoted.fields(file_format)} AS fields", {
            column.name: quoted.value(place, column.type, file_format) for column, place in places
        }
    if file_format.name == "regex":
        return f"{regex_text.fields(file_format)} AS fields", {
            column.name: regex_text.value(place, column.type) for column, place in places
        }
    return json_text.records([column.type for column, _ in places], file_format), {
        column.name: json_text.column_value(column.name, place, column.type, file_format)
        for column, place in places
    }
