"""What SPICE holds: the rows of a data set's last ingestion, as a Parquet file of the data folder.

Types and sizes are the user guide's ("Supported data types", "Estimating the size of SPICE
datasets"): a number or a date takes 8 bytes, a text 8 and its UTF-8; a fixed decimal has 18 digits,
4 of them behind the point; an integer fits into 64 bits.
"""

import datetime
import decimal
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from local_aws.quicksight.tables import Column
from local_aws.tenant import Tenant
from local_aws.variables import Variable

CAPACITY = Variable(
    "LOCAL_QUICKSIGHT_SPICE_BYTES",
    10 * 1024**3,
    "how much SPICE an account has in a region; 10 GiB come with an author",
)
MOST_ROWS = 1_000_000_000
MOST_SKIPPED = 10_000
"""More rows that do not fit their types fail an ingestion."""
_CELL = 8
_DIGITS, _SCALE = 18, 4
_LARGEST = 2**63

Row = Sequence[str | None]


class Kept(NamedTuple):
    """The rows of an ingestion in SPICE's types."""

    table: pa.Table
    skipped: int
    """Rows of which a value did not fit its type."""
    size: int
    """Bytes of capacity."""


def capacity() -> int:
    """Return how many bytes an account has.

    Raises
    ------
    SystemExit
        Where the variable is no number.
    """
    text = os.environ.get(CAPACITY.name, str(CAPACITY.default))
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"local_aws: {CAPACITY.name} is {text!r}: set it to a number") from None


def fitted(columns: Sequence[Column], source_types: Sequence[str], rows: Iterable[Row]) -> Kept:
    """Read Athena's texts as a data set's types.

    Parameters
    ----------
    columns : sequence of Column
        Of the data set.
    source_types : sequence of str
        Athena's types, in the same order: a decimal without a subtype is fixed where its source is.
    rows : iterable
        Texts as GetQueryResults has them, None for NULL.
    """
    readers = [_reader(*pair) for pair in zip(columns, source_types, strict=True)]
    cells: list[list[Any]] = [[] for _ in columns]
    skipped = 0
    for row in rows:
        try:
            values = [
                None if text is None else read.value(text)
                for read, text in zip(readers, row, strict=True)
            ]
        except (ValueError, ArithmeticError):
            skipped += 1
            continue
        for column, value in zip(cells, values, strict=True):
            column.append(value)
    arrays = [pa.array(column, read.type) for column, read in zip(cells, readers, strict=True)]
    names = [column.name for column in columns]
    return Kept(pa.table(arrays, names), skipped, sum(_size(column) for column in cells))


class _Reader(NamedTuple):
    type: pa.DataType
    value: Callable[[str], Any]


def _reader(column: Column, source_type: str) -> _Reader:
    if column.type == "DECIMAL":
        fixed = column.subtype == "FIXED" or (not column.subtype and source_type == "decimal")
        return _Reader(pa.decimal128(_DIGITS, _SCALE), _fixed) if fixed else _FLOAT
    return _READERS[column.type]


def _integer(text: str) -> int:
    if text in {"true", "false"}:
        return int(text == "true")
    value = int(text)
    if not -_LARGEST <= value < _LARGEST:
        raise ValueError(text)
    return value


def _fixed(text: str) -> decimal.Decimal:
    value = decimal.Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    value = value.quantize(decimal.Decimal(1).scaleb(-_SCALE), decimal.ROUND_HALF_UP)
    if value.adjusted() >= _DIGITS - _SCALE:
        raise ValueError(text)
    return value


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text.removesuffix(" UTC"))
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment


_FLOAT = _Reader(pa.float64(), float)
_READERS = {
    "DATETIME": _Reader(pa.timestamp("ms"), _moment),
    "INTEGER": _Reader(pa.int64(), _integer),
    "STRING": _Reader(pa.string(), str),
}


def _size(column: list[Any]) -> int:
    texts = (len(value.encode()) for value in column if isinstance(value, str))
    return len(column) * _CELL + sum(texts)


class Spice:
    """The files of every tenant.

    Parameters
    ----------
    folder : Path
        ``ACCOUNT/REGION/DATA_SET.parquet`` in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, tenant: Tenant, data_set: str) -> Path:
        """Return where a data set's rows are, or would be."""
        name = f"{quote(data_set, safe='')}.parquet"
        return self._folder / tenant.account / tenant.region / name

    def put(self, tenant: Tenant, data_set: str, table: pa.Table) -> None:
        """Hold rows in the place of those that are held."""
        path = self.path(tenant, data_set)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        pq.write_table(table, part)
        part.replace(path)

    def get(self, tenant: Tenant, data_set: str) -> pa.Table | None:
        """Return the rows that are held; None before the first ingestion has ended."""
        path = self.path(tenant, data_set)
        return pq.read_table(path) if path.exists() else None

    def drop(self, tenant: Tenant, data_set: str) -> None:
        """Hold nothing of a data set any more."""
        self.path(tenant, data_set).unlink(missing_ok=True)
