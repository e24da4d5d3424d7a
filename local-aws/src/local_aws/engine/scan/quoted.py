"""CSV with quotes, as OpenCSVSerde reads it: a line is a row, whatever its quotes are like.

The rules are those of Trino's reader of CSV, which follows OpenCSVSerde and the parser inside it.
"""

from typing import Final

from local_aws.engine.context import QueryError
from local_aws.engine.scan.primitives import NULL_FOR_INVALID, checked, lenient_value
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import literal, sized_text
from local_aws.trino.types import TrinoType

_QUOTE: Final = '"'
_ESCAPE: Final = "\\"


def characters(file_format: Format) -> tuple[str, str, str]:
    """Return separator, quote and escape character.

    The SerDe takes a double quote as escape character, its default for writing, to mean that a
    backslash escapes.

    Raises
    ------
    QueryError
        HIVE_INVALID_METADATA where two of them are the same.
    """
    separator, quote, escape = (
        file_format.properties.get(name, "")[:1] or default
        for name, default in (("separatorChar", ","), ("quoteChar", _QUOTE), ("escapeChar", _QUOTE))
    )
    if escape == _QUOTE:
        escape = _ESCAPE
    if len({separator, quote, escape}) < 3:
        raise QueryError(
            "HIVE_INVALID_METADATA: The separator, quote, and escape characters must be different!"
        )
    return separator, quote, escape


def fields(file_format: Format) -> str:
    """Return the expression that splits ``line`` into a list of fields.

    SQL splits lines without quotes, those with quotes round every field, and, slower, those with
    quotes round some whole fields; what else there is, `split` does.
    """
    separator, quote, escape = characters(file_format)
    s, q, e = (f"\\x{{{ord(char):x}}}" for char in (separator, quote, escape))
    regular = f"(?:{s}(?:{q}[^{q}{e}]*(?:{q}{q}[^{q}{e}]*)*{q}|[^{s}{q}{e}]*))*"
    field = f"{s}({q}(?:[^{q}]|{q}{q})*{q}|[^{s}]*)"
    whole = f"{literal(separator)} || line"
    unquoted = (
        f"CASE WHEN starts_with(f, {literal(quote)}) THEN "
        f"replace(substr(f, 2, length(f) - 2), {literal(quote * 2)}, {literal(quote)}) ELSE f END"
    )
    # every field in quotes, and no others: none is left without those between two fields
    between = literal(quote + separator + quote)
    inside = "substr(line, 2, length(line) - 2)"
    simple = (
        f"starts_with(line, {literal(quote)}) AND ends_with(line, {literal(quote)}) "
        f"AND length(line) > 1 AND NOT contains(line, {literal(escape)}) "
        f"AND NOT contains(replace({inside}, {between}, ''), {literal(quote)})"
    )
    return (
        f"CASE WHEN line IS NULL THEN NULL "
        f"WHEN NOT contains(line, {literal(quote)}) AND NOT contains(line, {literal(escape)}) "
        f"THEN string_split(line, {literal(separator)}) "
        f"WHEN {simple} THEN string_split({inside}, {between}) "
        f"WHEN regexp_full_match({whole}, {literal(regular)}) "
        f"THEN list_transform(regexp_extract_all({whole}, {literal(field)}, 1), "
        f"lambda f: {unquoted}) "
        f"ELSE hive_csv(line, {', '.join(map(literal, (separator, quote, escape)))}) END"
    )


def value(index: int, kind: TrinoType, file_format: Format) -> str:
    """Return a field's value: HIVE_BAD_DATA, or NULL by property, where it is none of its type.

    A date is a number of days and a timestamp a number of milliseconds since 1970.
    """
    source = f"fields[{index + 1}]"
    if kind.name in ("varchar", "char"):
        return sized_text(source, kind)
    number = lenient_value(source, TrinoType("bigint"))
    found = lenient_value(source, kind) if kind.name not in ("array", "map", "row") else ""
    if kind.name == "date":
        found = f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"
    elif kind.name == "timestamp":
        found = f"epoch_ms({number})"
    elif not found:
        raise QueryError(f"NOT_SUPPORTED: a column of type {kind} in OpenCSVSerde")
    if file_format.says(NULL_FOR_INVALID):
        return found
    return checked(source, found, str(index))


def split(line: str, separator: str, quote: str, escape: str) -> list[str]:
    r"""Split a line as the SerDe's parser does; a field whose quote never closes is left out.

    An escape character counts only before a quote or itself, and is gone elsewhere; two quotes
    are one inside a field; a quote inside an unquoted field is text and opens quotes nonetheless.

    Examples
    --------
    >>> split('1,"a\\"b",c"d,e', ",", '"', "\\")
    ['1', 'a"b']
    >>> split(' "x",y', ",", '"', "\\")
    [' x', 'y']
    """
    found: list[str] = []
    current: list[str] = []
    in_quotes = in_field = skip = False
    for at, char in enumerate(line):
        following = line[at + 1 : at + 2]
        if skip:
            skip = False
        elif char == escape:
            if (in_quotes or in_field) and following in (quote, escape) and following:
                current.append(following)
                skip = True
        elif char == quote:
            if (in_quotes or in_field) and following == quote:
                current.append(quote)
                skip = True
            else:
                if at > 2 and line[at - 1] != separator and following not in ("", separator):
                    if current and "".join(current).isspace():
                        current.clear()
                    else:
                        current.append(quote)
                in_quotes = not in_quotes
            in_field = not in_field
        elif char == separator and not in_quotes:
            found.append("".join(current))
            current.clear()
            in_field = False
        else:
            current.append(char)
            in_field = True
    return found if in_quotes else [*found, "".join(current)]
