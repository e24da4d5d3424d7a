"""What Flink's Java says, as the one line that matters and where it is in the cell."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from helpers.errors import InputError

_CALL: Final = re.compile(r"\AAn error occurred while calling [^\n]*\n: ")
_CAUSE: Final = re.compile(
    r"(?:Caused by: )?(?P<kind>(?:[\w$]+\.)+[\w$]+)(?:: (?P<said>.*))?", re.DOTALL
)
_FRAME: Final = re.compile(r"^\s+(?:at |\.\.\. \d+ (?:more|common))", re.MULTILINE)
_PLACE: Final = re.compile(
    r"(?:from|at) line (\d+), column (\d+)(?: to line \d+, column \d+)?(?:: )?", re.IGNORECASE
)
_NEXT_BLOCK: Final = re.compile(r"\n\s*\n|\nWas expecting")
_UNEXPECTED: Final = re.compile(r'Encountered "(.+)" \.')
_LISTED: Final = ("unsupported options", "missing required options", "available")


@dataclass(frozen=True)
class Failure:
    """A Java exception, read.

    Attributes
    ----------
    said : str
        What is wrong, on one line.
    place : tuple of int or None
        Line and column in the SQL that Flink got, from 1.
    stack : str
        The whole stack trace.
    """

    said: str
    place: tuple[int, int] | None
    stack: str


class FlinkError(InputError):
    """A paragraph that failed; a notebook shows the message and no traceback.

    Parameters
    ----------
    said : str
        What was wrong and where.
    stack : str
        Java's stack trace, if it failed there; a notebook folds it away.
    """

    def __init__(self, said: str, stack: str = "") -> None:
        super().__init__(said)
        self.stack = stack

    def _render_traceback_(self) -> list[str]:
        """Give IPython the message in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]

    def details(self) -> dict[str, str]:
        """Give a notebook the stack trace, folded.

        Returns
        -------
        dict of str to str
            A mime bundle.
        """
        return {
            "text/plain": "",
            "text/html": "<details><summary>Flink's stack trace</summary>"
            f"<pre>{escape(self.stack)}</pre></details>",
        }


def read(error: Exception) -> Failure:
    """Read what py4j or PyFlink raised.

    Parameters
    ----------
    error : Exception
        A `Py4JJavaError`, or one of PyFlink's own, whose text is a stack trace.

    Returns
    -------
    Failure
        What the innermost cause says, or the one that names an option; where; all of it.
    """
    stack = _CALL.sub("", str(error))
    heads = [
        _FRAME.split(part, maxsplit=1)[0].strip()
        for part in re.split(r"^(?=Caused by: )", stack, flags=re.MULTILINE)
    ]
    causes = [found for head in heads if (found := _CAUSE.match(head))]
    places = [found for cause in causes if (found := _PLACE.search(cause["said"] or ""))]
    messages = [cause["said"] for cause in causes if cause["said"] not in {None, "", "null"}]
    # The Kinesis connector names the option; what is below it is the SDK's own business.
    options = [message for message in messages if message.startswith("Option '")]
    if messages:
        said = _one_line((options or messages)[-1])
    else:
        said = causes[-1]["kind"].rpartition(".")[2] if causes else stack.partition("\n")[0]
    place = (int(places[-1][1]), int(places[-1][2])) if places else None
    return Failure(said, place, stack)


def pointed(said: str, text: str, line: int, column: int) -> str:
    r"""Put a message above the line that it is about, and a caret under the place.

    Parameters
    ----------
    said : str
        The message.
    text : str
        The cell.
    line, column : int
        From 1.

    Returns
    -------
    str
        Four lines.

    Examples
    --------
    >>> print(pointed("no column 'b'", "%%flink.ssql\nSELECT b", 2, 8))
    no column 'b'
    line 2, column 8 of the cell:
      SELECT b
             ^
    """
    shown = text.split("\n")[line - 1].replace("\t", " ")
    return f"{said}\nline {line}, column {column} of the cell:\n  {shown}\n  {' ' * (column - 1)}^"


def _one_line(said: str) -> str:
    """Shorten a message to a line; the names that an options error lists belong to it."""
    said = re.sub(r"\ASQL (?:parse|validation) failed\. ", "", said)
    blocks = [" ".join(block.split()) for block in _NEXT_BLOCK.split(_PLACE.sub("", said))]
    if len(blocks) > 2 and blocks[1].lower().startswith(_LISTED):
        return f"{blocks[0]} {blocks[1]} {blocks[2].replace(' ', ', ')}"
    if len(blocks) > 1 and blocks[1].startswith("Query schema"):
        return f"{blocks[0]} {blocks[1]}"
    unexpected = _UNEXPECTED.fullmatch(blocks[0])
    return _misplaced(unexpected[1]) if unexpected else blocks[0]


def _misplaced(found: str) -> str:
    """Say what may be wrong where the grammar has no place for a token."""
    if found.endswith("<EOF>"):
        return "The statement ends too early"
    if found == '\\"':
        return "Unexpected \": a name stands in `backticks`, a text in 'single quotes'"
    if found.isidentifier():
        return f"Unexpected {found}: a reserved word is a name only in backticks, `{found}`"
    return f"Unexpected {found}"
