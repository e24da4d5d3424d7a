"""What is written with percent signs in URLs."""

from __future__ import annotations

from urllib.parse import unquote_plus, urlsplit

import regex

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered


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


REGISTERED: list[Registered] = [
    (_url_decode, "url_decode", ["VARCHAR"], "VARCHAR"),
    (_url_parameter, "url_parameter", ["VARCHAR", "VARCHAR"], "VARCHAR"),
]
