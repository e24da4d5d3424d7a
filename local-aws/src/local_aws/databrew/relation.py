"""A dataset as a relation of DuckDB, with the types that DataBrew sees."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws import objects
from local_aws.databrew.errors import JobError
from local_aws.databrew.store import Document
from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan.lines import readable
from local_aws.engine.statements import parse, run
from local_aws.trino.errors import TrinoError

# Spark's names of the types that are profiled, by DuckDB's; all others are skipped
PROFILED = {
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
}
INTEGERS = ("tinyint", "smallint", "int", "bigint")
NUMBERS = (*INTEGERS, "float", "double")
# what a column of text files is taken for, where all its values are that: the first that fits
_INFERRED = {
    "INTEGER": "regexp_full_match({0}, '[+-]?\\d+') AND TRY_CAST({0} AS INTEGER) IS NOT NULL",
    "BIGINT": "regexp_full_match({0}, '[+-]?\\d+') AND TRY_CAST({0} AS BIGINT) IS NOT NULL",
    "DOUBLE": "TRY_CAST({0} AS DOUBLE) IS NOT NULL",
    "BOOLEAN": "lower({0}) IN ('true', 'false')",
}


@dataclass(frozen=True)
class Column:
    """A column: its name, and its type as DuckDB calls it."""

    name: str
    sql_type: str

    @property
    def type(self) -> str | None:
        """Its type as a profile calls it, None for one that is not profiled."""
        return PROFILED.get(self.sql_type)

    @property
    def sql(self) -> str:
        """The name as SQL writes it."""
        return identifier(self.name)


@dataclass(frozen=True)
class Relation:
    """A view of a connection, and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of a name, None where there is none."""
        return next((each for each in self.columns if each.name == name), None)


def identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def described(context: Context, name: str) -> Relation:
    """Return a view of the connection with its columns."""
    rows = context.connection.execute(f"DESCRIBE {name}").fetchall()
    return Relation(name, tuple(Column(row[0], row[1]) for row in rows))


def opened(context: Context, dataset: Document, rows: int | None) -> Relation:
    """Open a dataset as the view ``dataset``.

    Parameters
    ----------
    context : Context
        Of the job's run: its rights and its connection.
    dataset : dict
        As CreateDataset took it.
    rows : int or None
        How many rows at most, from the beginning; None for all.

    Raises
    ------
    JobError
        Where it is not there or cannot be read.
    """
    definition = dataset["Input"]
    if "DataCatalogInputDefinition" in definition:
        sql = _of_catalog(context, definition["DataCatalogInputDefinition"])
    else:
        sql = _of_files(context, definition["S3InputDefinition"], dataset)
    if rows is not None:
        sql = _kept(context, f"SELECT * FROM ({sql}) LIMIT {rows}", "sample")
    context.connection.execute(f"CREATE OR REPLACE TEMP VIEW dataset AS {sql}")
    return described(context, "dataset")


def _of_catalog(context: Context, place: Document) -> str:
    names = (place["DatabaseName"], place["TableName"])
    text = "SELECT * FROM " + ".".join(identifier(name.lower()) for name in names)
    try:
        outcome = run(parse(text), context)
    except (QueryError, TrinoError) as error:
        raise JobError(f"The table {'.'.join(names)} cannot be read: {error}") from None
    columns = [name for name, _ in outcome.columns]
    return f"SELECT * FROM ({outcome.sql}) AS t({', '.join(map(identifier, columns))})"


def _of_files(context: Context, place: Document, dataset: Document) -> str:
    address = f"s3://{place['Bucket']}/{place['Key']}"
    check_owner(context, place)
    try:
        listed = objects.list_objects(place["Bucket"], place["Key"])
    except objects.NoSuchBucketError:
        raise JobError(f"The bucket {place['Bucket']} doesn't exist.") from None
    inside = place["Key"] if place["Key"].endswith("/") else f"{place['Key']}/"
    kept = [each for each in listed if each.key == place["Key"] or each.key.startswith(inside)]
    kept = [each for each in kept if each.size and not _hidden(each.key)]
    if not kept:
        raise JobError(f"There is no file with data at {address}.")
    files = "[" + ", ".join(literal(str(each.path)) for each in kept) + "]"
    kind = dataset.get("Format") or kept[0].key.removesuffix(".gz").rpartition(".")[2].upper()
    options = dataset.get("FormatOptions", {})
    if kind == "PARQUET":
        return f"SELECT * FROM read_parquet({files}, union_by_name = true)"
    if kind == "JSON":
        lines = "auto" if options.get("Json", {}).get("MultiLine") else "newline_delimited"
        return f"SELECT * FROM read_json({files}, format = {literal(lines)})"
    if kind != "CSV":
        raise JobError(f"The format of {address} is not known: give the dataset a Format.")
    # what is no UTF-8 becomes U+FFFD, as Spark reads it
    return _typed_lines(context, [readable(context, each) for each in kept], options.get("Csv", {}))


def check_owner(context: Context, location: Document) -> None:
    """Make sure that a bucket is the owner's that was named.

    Raises
    ------
    JobError
        Where it is not.
    """
    owner = location.get("BucketOwner", context.tenant.account)
    if owner != context.tenant.account:
        raise JobError(f"The bucket {location['Bucket']} does not belong to {owner}.")


def _hidden(key: str) -> bool:
    return key.rpartition("/")[2].startswith(("_", "."))


def _typed_lines(context: Context, files: Sequence[Path], options: Document) -> str:
    """Read texts, keep them as Parquet, and take each column for what all its values are.

    A line of fewer fields than the first ends in nulls, of one of more the last are left out.
    """
    has_header, delimiter = options.get("HeaderRow", True), options.get("Delimiter", ",")
    names = _names(files[0], delimiter, has_header)
    # side by side DuckDB cannot tell which line ends are inside quotes
    sql = (
        f"SELECT * FROM read_csv([{', '.join(literal(str(each)) for each in files)}], "
        f"delim = {literal(delimiter)}, header = {has_header}, quote = '\"', escape = '\"', "
        "all_varchar = true, auto_detect = false, null_padding = true, strict_mode = false, "
        "parallel = false, columns = "
    )
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    kept = _kept(context, f"{sql}{{{columns}}})", "lines")
    tests = [
        f"bool_and({test.format(identifier(name))}) FILTER ({identifier(name)} <> '')"
        for name in names
        for test in _INFERRED.values()
    ]
    found: Sequence[Any] = context.connection.execute(
        f"SELECT {', '.join(tests)} FROM ({kept})"
    ).fetchall()[0]
    typed = []
    for number, name in enumerate(names):
        fits = found[number * len(_INFERRED) : (number + 1) * len(_INFERRED)]
        kind = next((kind for kind, fit in zip(_INFERRED, fits, strict=True) if fit), None)
        column = identifier(name)
        typed.append(f"TRY_CAST({column} AS {kind}) AS {column}" if kind else column)
    return f"SELECT {', '.join(typed)} FROM ({kept})"


def _names(file: Path, delimiter: str, has_header: bool) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = next(csv.reader(lines, delimiter=delimiter), [])
    if not has_header:
        return [f"Column_{number}" for number in range(1, len(cells) + 1)]
    named = [cell or f"Column_{number}" for number, cell in enumerate(cells, 1)]
    often = Counter(name.lower() for name in named)
    # as Spark tells apart columns of one name: with their places behind
    return [
        re.sub(r"[\r\n]", " ", name if often[name.lower()] == 1 else f"{name}{place}")
        for place, name in enumerate(named)
    ]


def _kept(context: Context, sql: str, name: str) -> str:
    file = context.scratch / f"{name}.parquet"
    context.connection.execute(f"COPY ({sql}) TO {literal(str(file))} (FORMAT parquet)")
    return f"SELECT * FROM read_parquet({literal(str(file))})"
