r"""The patterns of AWS's models, which are Java's, as Python's `regex` reads them.

Java's ``\w``, ``\d``, ``\s`` and its POSIX classes such as ``\p{Alpha}`` are of ASCII alone.
"""

import re
from functools import cache
from typing import Any

import regex

_PUNCTUATION = r"!-/:-@\[-`{-~"
# what stands in a class of characters for one of Java's; each ends with a range, so that a hyphen
# behind it is one
_CLASSES = {
    r"\w": "_a-zA-Z0-9",
    r"\d": "0-9",
    r"\s": r" \t-\r",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Digit}": "0-9",
    r"\p{Graph}": "!-~",
    r"\p{LD}": r"\p{L}\p{Nd}",
    r"\p{Lower}": "a-z",
    r"\p{Print}": " -~",
    r"\p{Punct}": _PUNCTUATION,
    r"\p{Space}": r" \t-\r",
    r"\p{Upper}": "A-Z",
    r"\p{XDigit}": "0-9a-fA-F",
    r"\p{all}": r"\x00-\U0010FFFF",
}
_TOKEN = re.compile(
    r"\\[pP]\{\w+\}|\\x\{[0-9a-fA-F]+\}|\\.|[\[\]]|(?:\{\d+(?:,\d*)?\})+|.", re.DOTALL
)


@cache
def compiled(text: str) -> Any:
    """Compile a pattern of Java.

    Parameters
    ----------
    text : str
        As the model has it.

    Returns
    -------
    regex.Pattern
        Of Python's.
    """
    # Java writes the planes above U+FFFF as a pair of surrogates, where Python has the characters
    text = text.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    # and it lets a flag begin anywhere; it holds to the end of its alternative
    text = regex.sub(r"(?<=.)\(\?i\)([^()|]*)", r"(?i:\1)", text)
    return regex.compile("".join(_translated(text)))


def _translated(text: str) -> list[str]:
    made, depth = [], 0
    for token in _TOKEN.findall(text):
        depth += {"[": 1, "]": -1}.get(token, 0)
        inside = depth > 0
        if token in _CLASSES:
            made.append(_CLASSES[token] if inside else f"[{_CLASSES[token]}]")
        elif token.startswith(r"\x{"):
            made.append(f"\\U{int(token[3:-1], 16):08x}")
        elif token.startswith("{") and not inside:
            made.append(
                token.partition("}")[0] + "}" if "}" in token else token
            )  # Java ignores more
        else:
            made.append(token)
    return made
