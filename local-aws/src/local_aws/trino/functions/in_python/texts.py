"""Texts: their distance, codes and forms."""

from __future__ import annotations

import unicodedata

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered


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


REGISTERED: list[Registered] = [
    (_levenshtein, "levenshtein", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (_soundex, "soundex", ["VARCHAR"], "VARCHAR"),
    (_luhn_check, "luhn_check", ["VARCHAR"], "BOOLEAN"),
    (_normalize, "normalize", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (_truncated, "truncated", ["VARCHAR[]", "VARCHAR", "VARCHAR", "BOOLEAN", "BIGINT"], "VARCHAR"),
]
