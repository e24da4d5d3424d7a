"""What a note's cell is: an interpreter, its properties, and the text below."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from helpers.errors import InputError
from helpers.names import nearest

_PLACE: Final = re.compile(r"\$\{\w+\}")
SSQL: Final = "flink.ssql"
PYFLINK: Final = "flink.pyflink"


@dataclass(frozen=True)
class Paragraph:
    """One cell of a note.

    Attributes
    ----------
    interpreter : str
        ``flink.ssql`` or ``flink.pyflink``.
    properties : dict of str to object
        What its first line sets: ``type``, ``rows``, ``seconds``; text where a ``${name}``
        stands for the value.
    text : str
        The lines below the first.
    """

    interpreter: str
    properties: dict[str, Any] = field(default_factory=dict)
    text: str = ""


def read(source: str) -> Paragraph | None:
    r"""Read a notebook cell as a paragraph.

    Parameters
    ----------
    source : str
        A cell's source.

    Returns
    -------
    Paragraph or None
        None for a cell of plain Python, or of another magic.

    Raises
    ------
    InputError
        Where the first line names an unknown interpreter or property.

    Examples
    --------
    >>> read("%%flink.ssql rows=20\nSELECT 1")
    Paragraph(interpreter='flink.ssql', properties={'rows': 20}, text='SELECT 1')
    """
    first, _, text = source.lstrip("\n").partition("\n")
    if not first.startswith("%%flink"):
        return None
    interpreter, *rest = first.removeprefix("%%").split(maxsplit=1)
    if interpreter not in _PROPERTIES:
        raise InputError(
            f"Unknown interpreter %%{interpreter}: {nearest(interpreter, _PROPERTIES)}."
        )
    return Paragraph(interpreter, read_properties(interpreter, "".join(rest)), text)


def read_properties(interpreter: str, line: str) -> dict[str, Any]:
    """Read what stands behind an interpreter's name.

    Parameters
    ----------
    interpreter : str
        ``flink.ssql`` or ``flink.pyflink``.
    line : str
        ``name=value`` with blanks between.

    Returns
    -------
    dict of str to object
        ``type`` (``update`` or ``append``), ``rows`` (int), ``seconds`` (float); a
        ``${name}`` stays as it is.

    Raises
    ------
    InputError
        Where a property is unknown (the nearest known one is named), stands
        twice, or its value makes no sense.

    Examples
    --------
    >>> read_properties("flink.ssql", "type=append seconds=2.5")
    {'type': 'append', 'seconds': 2.5}
    """
    known = _PROPERTIES[interpreter]
    found: dict[str, Any] = {}
    for part in line.split():
        name, _, value = part.partition("=")
        if name not in known:
            hint = nearest(name, known) if known else "it has none; put the text in the lines below"
            raise InputError(f"Unknown property `{part}` of %%{interpreter}: {hint}.")
        if name in found:
            raise InputError(f"The property `{name}` of %%{interpreter} stands twice: keep one.")
        try:
            found[name] = value if _PLACE.fullmatch(value) else known[name](value)
        except ValueError as error:
            raise InputError(f"`{part}` of %%{interpreter}: {error}.") from error
    return found


def _type(value: str) -> str:
    if value not in {"update", "append"}:
        raise ValueError("the type is `update` (the current rows) or `append` (the newest rows)")
    return value


def _rows(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ValueError("rows is a whole number above 0, such as rows=20")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueError("seconds is a number above 0, such as seconds=10")
    return seconds


_PROPERTIES: Final[Mapping[str, Mapping[str, Callable[[str], Any]]]] = {
    SSQL: {"type": _type, "rows": _rows, "seconds": _seconds},
    PYFLINK: {},
}
