"""Functions that DuckDB lacks, in Python: for what is rarely called, as they are slow.

`register` makes them known to DuckDB; their names start with ``py_``; NULL in is NULL out.
A wrong argument raises what `errors.error_in_python` makes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import inspect
import math
import struct
import unicodedata
import zlib
from collections.abc import Callable
from functools import cache
from statistics import NormalDist
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import duckdb
import regex
from duckdb.func import FunctionNullHandling

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions import (
    date_parser,
    hashes,
    histogram,
    json_answers,
    json_text,
    map_order,
    tdigest,
    text_format,
)

REGEX_SECONDS = 10
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


# Regular expressions


@cache
def _pattern(text: str) -> regex.Pattern[str]:
    try:
        return regex.compile(text, regex.ASCII | regex.VERSION0)
    except regex.error as error:
        text = "end pattern with unmatched parenthesis" if "missing )" in str(error) else str(error)
        raise error_in_python(text) from None


def _finditer(text: str, pattern: str) -> list[regex.Match[str]]:
    try:
        found = _pattern(pattern).finditer(text, concurrent=True, timeout=REGEX_SECONDS)
        return list(found)
    except TimeoutError:
        raise error_in_python(
            "Regular expression matching took too long", "EXCEEDED_TIME_LIMIT"
        ) from None


def _search(text: str, pattern: str) -> regex.Match[str] | None:
    try:
        return _pattern(pattern).search(text, concurrent=True, timeout=REGEX_SECONDS)
    except TimeoutError:
        raise error_in_python(
            "Regular expression matching took too long", "EXCEEDED_TIME_LIMIT"
        ) from None


def _check_group(pattern: str, group: int) -> None:
    count = _pattern(pattern).groups
    if group < 0:
        raise error_in_python("Group cannot be negative")
    if group > count:
        raise error_in_python(f"Pattern has {count} groups. Cannot access group {group}")


def _like(text: str, pattern: str) -> bool:
    return _search(text, pattern) is not None


def _extract(text: str, pattern: str, group: int) -> str | None:
    _check_group(pattern, group)
    found = _search(text, pattern)
    return None if found is None else found.group(group)


def _extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    _check_group(pattern, group)
    return [found.group(group) for found in _finditer(text, pattern)]


def _expand(template: str, found: regex.Match[str]) -> str:
    """Fill a Java replacement: ``$1``, ``${name}``, or a backslash before any character."""
    made, at = [], 0
    while at < len(template):
        char = template[at]
        at += 1
        if char == "\\":
            if at == len(template):
                raise error_in_python("Illegal replacement sequence: " + template)
            made.append(template[at])
            at += 1
        elif char == "$":
            group, at = _reference(template, at, found)
            made.append(found.group(group) or "")
        else:
            made.append(char)
    return "".join(made)


def _reference(template: str, at: int, found: regex.Match[str]) -> tuple[int | str, int]:
    named = regex.compile(r"\{(\w+)\}").match(template, at)
    if named:
        if named[1] not in found.re.groupindex:
            raise error_in_python(f"Illegal replacement sequence: unknown group {{ {named[1]} }}")
        return named[1], named.end()
    digits = regex.compile(r"\d").match(template, at)
    if digits is None:
        raise error_in_python("Illegal replacement sequence: " + template)
    number, at = int(digits[0]), at + 1
    if number > found.re.groups:
        raise error_in_python(f"Illegal replacement sequence: unknown group {number}")
    while at < len(template) and template[at].isdigit():
        longer = number * 10 + int(template[at])
        if longer > found.re.groups:
            break
        number, at = longer, at + 1
    return number, at


def _replace(text: str, pattern: str, template: str) -> str:
    made, last = [], 0
    for found in _finditer(text, pattern):
        made += [text[last : found.start()], _expand(template, found)]
        last = found.end()
    return "".join([*made, text[last:]])


def _between(text: str, pattern: str) -> list[str]:
    """Texts before each match, and the rest."""
    made, last = [], 0
    for found in _finditer(text, pattern):
        made.append(text[last : found.start()])
        last = found.end()
    return [*made, text[last:]]


def _group_lists(text: str, pattern: str) -> list[list[str | None]]:
    return [list(found.groups()) for found in _finditer(text, pattern)]


def _count(text: str, pattern: str) -> int:
    return len(_finditer(text, pattern))


def _position(text: str, pattern: str, start: int, occurrence: int) -> int:
    if start < 1:
        raise error_in_python("start position cannot be smaller than 1")
    if occurrence < 1:
        raise error_in_python("occurrence cannot be smaller than 1")
    places = [m.start() for m in _finditer(text, pattern) if m.start() >= start - 1]
    return places[occurrence - 1] + 1 if len(places) >= occurrence else -1


# Text


def _levenshtein(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def _truncated(texts: list[str], separator: str, filler: str, counted: bool, most: int) -> str:
    """Join texts as far as they fit into a number of bytes; a filler stands for the rest."""
    size, kept = 0, 0
    for text in texts:
        size += len(text.encode()) + (len(separator.encode()) if kept else 0)
        if size > most:
            break
        kept += 1
    rest = len(texts) - kept
    behind = [filler + (f"({rest})" if counted else "")] if rest else []
    return separator.join([*texts[:kept], *behind])


def _soundex(text: str) -> str:
    codes = dict(zip("BFPVCGJKQSXZDTLMNR", "111122222222334556", strict=True))
    letters = [char for char in text.upper() if char.isalpha()]
    if any(char not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for char in letters):
        raise error_in_python(f"The character is not mapped: {text}")
    if not letters:
        return ""
    made, last = letters[0], codes.get(letters[0], "")
    for char in letters[1:]:
        code = codes.get(char, "")
        if code and code != last:
            made += code
        if char not in "HW":
            last = code
    return (made + "000")[:4]


def _luhn_check(text: str) -> bool | None:
    if not text.isascii() or not text.isdigit():
        raise error_in_python("Input string must only consist of digits")
    digits = [int(char) for char in reversed(text)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _normalize(text: str, form: str) -> str:
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]


def _from_utf8(data: bytes, replacement: str) -> str:
    return bytes(data).decode("utf-8", "replace").replace("�", replacement)


def _from_base(text: str, radix: int) -> int:
    if not 2 <= radix <= 36:
        raise error_in_python("Radix must be between 2 and 36")
    try:
        number = int(text, radix)
    except ValueError:
        raise error_in_python(f"Not a valid base-{radix} number: {text}") from None
    if not -(2**63) <= number < 2**63:
        raise error_in_python(f"Not a valid base-{radix} number: {text}")
    return number


def _to_base(number: int, radix: int) -> str:
    if not 2 <= radix <= 36:
        raise error_in_python("Radix must be between 2 and 36")
    made, rest = "", abs(number)
    while rest or not made:
        rest, digit = divmod(rest, radix)
        made = _DIGITS[digit] + made
    return f"-{made}" if number < 0 else made


# Numbers


def _normal_cdf(mean: float, deviation: float, value: float) -> float:
    if not deviation > 0:
        raise error_in_python("standardDeviation must be > 0")
    return 0.5 * (1 + math.erf((value - mean) / (deviation * math.sqrt(2))))


def _inverse_normal_cdf(mean: float, deviation: float, share: float) -> float:
    if not 0 < share < 1:
        raise error_in_python("p must be 0 > p > 1")
    if not deviation > 0:
        raise error_in_python("standardDeviation must be > 0")
    return NormalDist(mean, deviation).inv_cdf(share)


# Binaries


def _crc32(data: bytes) -> int:
    return zlib.crc32(data)  # whose second parameter DuckDB would count


def _decoded(decode: Callable[[str], bytes], text: str) -> bytes:
    try:
        return decode(text)
    except (binascii.Error, ValueError):
        raise error_in_python(f"Illegal base encoding: {text}") from None


def _from_base64(text: str) -> bytes:
    """Decode; what is wrong is said as Java's decoder says it."""
    bad = regex.search(r"[^A-Za-z0-9+/=]", text)
    if bad:
        raise error_in_python(f"Illegal base64 character {ord(bad[0]):x}")
    digits = text.rstrip("=")
    if "=" in digits or (digits != text and len(text) % 4):
        raise error_in_python("Input byte array has wrong 4-byte ending unit")
    if len(digits) % 4 == 1:
        least = "Input byte[] should at least have 2 bytes for base64 bytes"
        raise error_in_python(
            least if len(digits) == 1 else "Last unit does not have enough valid bits"
        )
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def _from_big_endian(data: bytes, size: int) -> int:
    if len(data) != size:
        raise error_in_python(f"expected {size}-byte input, but got instead: {len(data)}")
    return int.from_bytes(data, "big", signed=True)


def _to_ieee754(number: float, size: int) -> bytes:
    return struct.pack(">d" if size == 8 else ">f", number)


def _from_ieee754(data: bytes, size: int) -> float:
    if len(data) != size:
        raise error_in_python(f"Input floating-point value must be exactly {size} bytes long")
    return float(struct.unpack(">d" if size == 8 else ">f", bytes(data))[0])


def _binary_substr(data: bytes, start: int, length: int) -> bytes:
    first = start - 1 if start > 0 else len(data) + start
    if start == 0 or first < 0 or length <= 0:
        return b""
    return bytes(data[first : first + length])


def _binary_pad(data: bytes, size: int, pad: bytes, left: bool) -> bytes:
    if size < 0:
        raise error_in_python("Target length must be in the range [0..2147483647]")
    if not pad:
        raise error_in_python("Padding bytes must not be empty")
    missing = size - len(data)
    if missing <= 0:
        return bytes(data[:size])
    filling = (bytes(pad) * (missing // len(pad) + 1))[:missing]
    return filling + bytes(data) if left else bytes(data) + filling


def _hmac(data: bytes, key: bytes, name: str) -> bytes:
    return hmac.new(bytes(key), bytes(data), name).digest()


# URLs


def _url_decode(text: str) -> str:
    bad = regex.search(r"%(?![0-9a-fA-F]{2})(.{0,2})", text)
    if bad and len(bad[1]) < 2:
        raise error_in_python("URLDecoder: Incomplete trailing escape (%) pattern")
    if bad:
        digit = next(char for char in bad[1] if char not in "0123456789abcdefABCDEF")
        raise error_in_python(
            "URLDecoder: Illegal hex characters in escape (%) pattern - "
            f'not a hexadecimal digit: "{digit}" = {ord(digit)}'
        )
    return unquote_plus(text, errors="replace")


def _url_parameter(url: str, name: str) -> str | None:
    if regex.search(r"[\s<>\"{}|\\^`]", url):
        return None
    for pair in urlsplit(url).query.split("&"):
        key, _, value = pair.partition("=")
        if key == name:
            return _url_decode(value)
    return None


_FUNCTIONS: list[tuple[Callable[..., Any], str, list[str], str]] = [
    (_like, "regexp_like", ["VARCHAR", "VARCHAR"], "BOOLEAN"),
    (_extract, "regexp_extract", ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR"),
    (_extract_all, "regexp_extract_all", ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR[]"),
    (_replace, "regexp_replace", ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    (_between, "regexp_between", ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
    (_between, "regexp_split", ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
    (_group_lists, "regexp_groups", ["VARCHAR", "VARCHAR"], "VARCHAR[][]"),
    (_count, "regexp_count", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (_position, "regexp_position", ["VARCHAR", "VARCHAR", "BIGINT", "BIGINT"], "INTEGER"),
    (_levenshtein, "levenshtein", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (_soundex, "soundex", ["VARCHAR"], "VARCHAR"),
    (_luhn_check, "luhn_check", ["VARCHAR"], "BOOLEAN"),
    (_normalize, "normalize", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (_from_utf8, "from_utf8", ["BLOB", "VARCHAR"], "VARCHAR"),
    (_from_base, "from_base", ["VARCHAR", "BIGINT"], "BIGINT"),
    (_normal_cdf, "normal_cdf", ["DOUBLE"] * 3, "DOUBLE"),
    (_inverse_normal_cdf, "inverse_normal_cdf", ["DOUBLE"] * 3, "DOUBLE"),
    (_to_base, "to_base", ["BIGINT", "BIGINT"], "VARCHAR"),
    (lambda data: hashlib.sha512(data).digest(), "sha512", ["BLOB"], "BLOB"),
    (_hmac, "hmac", ["BLOB", "BLOB", "VARCHAR"], "BLOB"),
    (lambda data: hashes.xxhash64(data).to_bytes(8, "big"), "xxhash64", ["BLOB"], "BLOB"),
    (hashes.murmur3, "murmur3", ["BLOB"], "BLOB"),
    (hashes.checksum, "checksum", ["BLOB[]"], "BLOB"),
    (_crc32, "crc32", ["BLOB"], "BIGINT"),
    (_from_base64, "from_base64", ["VARCHAR"], "BLOB"),
    (lambda data: base64.b32encode(data).decode(), "to_base32", ["BLOB"], "VARCHAR"),
    (lambda text: _decoded(base64.b32decode, text), "from_base32", ["VARCHAR"], "BLOB"),
    (_from_big_endian, "from_big_endian", ["BLOB", "BIGINT"], "BIGINT"),
    (_to_ieee754, "to_ieee754", ["DOUBLE", "BIGINT"], "BLOB"),
    (_from_ieee754, "from_ieee754", ["BLOB", "BIGINT"], "DOUBLE"),
    (lambda data: bytes(reversed(data)), "binary_reverse", ["BLOB"], "BLOB"),
    (_binary_substr, "binary_substr", ["BLOB", "BIGINT", "BIGINT"], "BLOB"),
    (_binary_pad, "binary_pad", ["BLOB", "BIGINT", "BLOB", "BOOLEAN"], "BLOB"),
    (_url_decode, "url_decode", ["VARCHAR"], "VARCHAR"),
    (_url_parameter, "url_parameter", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (
        json_answers.answer,
        "json_path",
        ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR[]", "VARCHAR[]"],
        "VARCHAR",
    ),
    (json_text.parsed, "json_parse", ["VARCHAR"], "VARCHAR"),
    (json_text.array_item, "json_array_get", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (json_text.extracted, "json_extract", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (json_text.scalar, "json_extract_scalar", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (
        histogram.numeric_histogram,
        "numeric_histogram",
        ["BIGINT", "DOUBLE[]", "DOUBLE[]"],
        "MAP(DOUBLE, DOUBLE)",
    ),
    (map_order.of_texts, "map_order_of_texts", ["VARCHAR[]"], "BIGINT[]"),
    (map_order.of_numbers, "map_order_of_numbers", ["BIGINT[]"], "BIGINT[]"),
    (tdigest.quantiles, "quantiles", ["DOUBLE[]", "DOUBLE[]", "DOUBLE[]"], "DOUBLE[]"),
    (_truncated, "truncated", ["VARCHAR[]", "VARCHAR", "VARCHAR", "BOOLEAN", "BIGINT"], "VARCHAR"),
    (text_format.formatted, "format", ["VARCHAR", "VARCHAR", "VARCHAR[]"], "VARCHAR"),
    (text_format.number_text, "format_number", ["DOUBLE"], "VARCHAR"),
    (date_parser.mysql, "date_parse", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (date_parser.joda, "parse_datetime", ["VARCHAR", "VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
    (date_parser.zone_abbreviation, "zone_abbreviation", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (date_parser.iso_timestamp, "iso_timestamp", ["VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
    (date_parser.iso_date, "iso_date", ["VARCHAR"], "INTEGER"),
    (date_parser.duration, "parse_duration", ["VARCHAR"], "BIGINT"),
    (date_parser.human_readable, "human_readable_seconds", ["DOUBLE"], "VARCHAR"),
]


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make these functions known to a DuckDB instance, as ``py_<name>``.

    Parameters
    ----------
    connection
        The instance's first connection, which must outlive every query: DuckDB does not keep a
        function alive that a closed cursor brought.
    """
    for function, name, parameters, result in _FUNCTIONS:
        connection.create_function(
            f"py_{name}",
            _null_for_null(function),
            list(parameters),
            result,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _null_for_null(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any) -> Any:
        return None if any(arg is None for arg in args) else function(*args)

    called.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # DuckDB counts
    return called
