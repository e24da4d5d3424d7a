"""Partition values in the names of folders, escaped as Hive escapes them."""

import re
from typing import Final

# Hive's FileUtils escapes these and no others: neither blanks, nor } or <, nor beyond ASCII
_ESCAPED: Final = re.compile("[\x01-\x1f\x7f\"#%'*/:=?\\\\{\\[\\]^]")
_SEQUENCE: Final = re.compile("%([0-9A-Fa-f]{2})")


def escape(value: str) -> str:
    r"""Return a partition value as it stands in a folder's name.

    Examples
    --------
    >>> escape("a/b=c"), escape("é }"), escape("50%")
    ('a%2Fb%3Dc', 'é }', '50%25')
    """
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", value)


def unescape(name: str) -> str:
    """Return the partition value of a folder's name: each ``%XX`` is one character.

    Examples
    --------
    >>> unescape("a%2Fb%3dc"), unescape("100%"), unescape("a+b")
    ('a/b=c', '100%', 'a+b')
    """
    return _SEQUENCE.sub(lambda found: chr(int(found[1], 16)), name)
