"""Odd raw files count the same in both engines, but for what in_athena names as different."""

import gzip
import uuid
from pathlib import Path

import pytest

from helpers import aws
from helpers.events import FIELDS
from helpers.ingest import load
from helpers.raw import files
from support.lake import prepare

HEADER = ",".join(FIELDS).encode()
GOOD = (
    b"2019-10-02 12:00:00 UTC,cart,1004856,2053013555631882655,"
    b"electronics.smartphone,samsung,130.76,543272936,8187d148-3c41-46d4-8b0c-9c08cd9dc564"
)
QUOTED = b",".join(b'"' + field + b'"' for field in GOOD.split(b","))
BAD = GOOD.replace(b"cart", b"kart")

NUMBERS = (
    "١٢", "+5", " 5", "5 ", "9223372036854775807", "9223372036854775808", "1e3", "-0", "007",
    "1_000", "0x1f", "", "\\N",
)  # fmt: skip
PRICES = (
    "1e2", "1e-3", ".5", "5.", "NaN", "inf", "-0.00", "0.004", "1000000", "1000000.01", "1_0",
    " 1.5", "1.5 ", "+1.5", "1,5", "", "\\N", "1.999999999", "1e400", "1e-400", "१",
)  # fmt: skip
TEXTS = (
    " ", " a", "a ", "\\N", "NULL", "\t", "a\\b", "'", "\u00a0", "\u200b", "\x7f", "\x02",
    "\u202eab", "😀", "a\u2028b\x85c", "x\0y", '""', '"a""b"', '"a"b"', 'a"b"', '"a', 'a"',
    '"""', "'a,b'",
)  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_clients(aws_env: str) -> None:
    aws.client.cache_clear()


ODD_FILES = {
    "line feeds": b"\n".join([HEADER, *[GOOD] * 20, b""]),
    "windows": b"\r\n".join([HEADER, *[GOOD] * 20, b""]),
    "mixed": HEADER + b"\n" + (GOOD + b"\n" + GOOD + b"\r\n") * 10,
    "windows header": HEADER + b"\r\n" + (GOOD + b"\n") * 20,
    "unix header": HEADER + b"\n" + (GOOD + b"\r\n") * 20,
    "blank lines": b"\n".join([HEADER, GOOD, b"", GOOD, b"", b"", GOOD, b""]),
    "blank windows lines": b"\r\n".join([HEADER, GOOD, b"", GOOD, b""]),
    "mark": b"\xef\xbb\xbf" + b"\n".join([HEADER, GOOD, b""]),
    "no end": b"\n".join([HEADER, GOOD, BAD]),
    "no end after cr": b"\r\n".join([HEADER, GOOD, BAD]),
    "quotes": b"\n".join([HEADER, QUOTED, GOOD.replace(b"samsung", b'"sam'), QUOTED, b""]),
    "long quotes": b"\n".join(
        [HEADER, GOOD.replace(b"samsung", b'"%b"' % (b"s," * 100_000)), GOOD]
    ),
    "quotes and cr": b"\r\n".join([HEADER, QUOTED, GOOD, QUOTED, b""]),
    "header twice": b"\n".join([HEADER, GOOD, HEADER, GOOD, b""]),
    "mark within": b"\n".join([HEADER, GOOD, b"\xef\xbb\xbf" + GOOD, GOOD, b""]),
    "long line": b"\n".join([HEADER, GOOD, b"x" * 1_000_000, GOOD, b""]),
    "numbers": b"\n".join(
        [HEADER, GOOD, *(GOOD.replace(b"1004856", each.encode()) for each in NUMBERS), b""]
    ),
    "prices": b"\n".join(
        [HEADER, GOOD, *(GOOD.replace(b"130.76", each.encode()) for each in PRICES), b""]
    ),
    "texts": b"\n".join(
        [HEADER, GOOD, *(GOOD.replace(b"samsung", each.encode()) for each in TEXTS), b""]
    ),
    "not utf-8": b"\n".join([HEADER, GOOD, GOOD.replace(b"samsung", b"sams\xfcng"), GOOD]),
    "not utf-8 mixed": HEADER + b"\r\n" + GOOD + b"\n" + GOOD[:-3] + b"\xc3\r\n" + GOOD,
}


@pytest.fixture(scope="module")
def odd_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of odd files, plain and packed, each with the events of a day of its own."""
    folder = tmp_path_factory.mktemp("odd")
    for number, (name, body) in enumerate(ODD_FILES.items()):
        for month in (b"10", b"11"):
            day = b"2019-%s-%02d" % (month, number + 1)
            own = body.replace(b"2019-10-02", day)
            stem = f"{month.decode()} {name}"
            if month == b"10":
                (folder / f"{stem}.csv").write_bytes(own)
            else:
                (folder / f"{stem}.csv.gz").write_bytes(gzip.compress(own))
    return folder


def loaded(odd_files: Path, engine: str, staging: Path) -> load.Loaded:
    bucket = uuid.uuid4().hex[:12]
    prepare(bucket, "db_engines_agree")
    return load.load(
        files.find(str(odd_files)),
        bucket=bucket,
        database="db_engines_agree",
        table=f"t_{bucket}",
        engine=engine,
        staging=str(staging),
        max_quarantine_share=0.9,
    )


def test_both_engines_count_the_same_rows_of_odd_files(odd_files: Path, tmp_path: Path) -> None:
    local = loaded(odd_files, "local", tmp_path / "staging")
    athena = loaded(odd_files, "athena", tmp_path / "staging")
    assert len(local.days) == 2 * len(ODD_FILES)
    assert athena.days == local.days
    assert athena.quarantined == local.quarantined
    assert athena.rows_in == local.rows_in
