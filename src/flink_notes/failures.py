"""What Flink's Java says, as the one line that matters and where it is in the cell."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from py4j.protocol import Py4JJavaError
from pyflink.util.exceptions import JavaException

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
# Who names an option says what to do; what is below is the business of the SDK or of the parser.
_TELLING: Final = re.compile(r"\AOption '|\(option '")
# Who names the setting is told together with what is wrong in its value.
_SETTING: Final = re.compile(r"\ACould not parse value '.*' for key '", re.DOTALL)
# Who names the record is told together with what is wrong in it.
_RECORD: Final = re.compile(r"\AFailed to deserialize \w+ .+", re.DOTALL)
_FIELD: Final = re.compile(r"\AFail to deserialize at field: .+")
# What the JVM says of its own accord means something only below a message of somebody's.
_OF_JAVA: Final = re.compile(
    r"(?:NullPointer|ClassCast|IndexOutOfBounds|NoSuchElement|NegativeArraySize|"
    r"ClassNotFound)Exception|"
    r"StackOverflowError|NoSuchMethodError|NoClassDefFoundError"
)
_WRAPPING: Final = re.compile(
    r"\A(?:Job execution failed|Recovery is suppressed|Failed to (?:fetch next|wait job|execute)|"
    r"Error while (?:executing|waiting)|Could not (?:execute|complete)|(?:[a-z]\w*\.)+[A-Z]\w*)"
)
_NAMED: Final = re.compile(r"\A(?:Object|Column|Table) '(?:\w+\.)*(\w+)' not found")
_PYTHON: Final = "Traceback (most recent call last)"
_LISTED: Final = ("unsupported options", "missing required options", "available")


class JobError(Exception):
    """A job that failed, as its stack trace."""


RAISED: Final = (Py4JJavaError, JavaException, JobError)
"""What comes out of Flink when a statement or its job fails."""


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

    def within(self, text: str) -> tuple[int, int] | None:
        """Give its place where that is in a text, and not in the one of a view that it reads."""
        if self.place is None:
            return None
        line, column = self.place
        lines = text.split("\n")
        named = _NAMED.search(self.said)
        there = line <= len(lines) and column <= len(lines[line - 1]) + 1
        return self.place if there and (not named or named[1].lower() in text.lower()) else None


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
        One of `RAISED`: its text is a stack trace.

    Returns
    -------
    Failure
        What the cause says that says most; where; all of it.
    """
    stack = _CALL.sub("", str(error))
    heads = [
        _FRAME.split(part, maxsplit=1)[0].strip()
        for part in re.split(r"^(?=Caused by: )", stack, flags=re.MULTILINE)
    ]
    causes = [found for head in heads if (found := _CAUSE.match(head))]
    places = [found for cause in causes if (found := _PLACE.search(cause["said"] or ""))]
    said = _message(causes) if causes else stack.partition("\n")[0]
    place = (int(places[-1][1]), int(places[-1][2])) if places else None
    return Failure(said, place, stack)


def _message(causes: list[re.Match[str]]) -> str:
    """Choose the cause that says most: the innermost that is somebody's and not Java's own."""
    named = [(c["kind"].rpartition(".")[2], c["said"]) for c in causes]
    given = [(kind, said) for kind, said in named if said not in {None, "", "null"}]
    if not given:
        return named[-1][0]
    messages = [said for _, said in given]
    if telling := [said for said in messages if _TELLING.search(said)]:
        return _one_line(telling[-1])
    kind, said = given[-1]
    if records := [said for said in messages if _RECORD.match(said)]:
        below = messages[messages.index(records[-1]) + 1 :]
        return _joined([records[-1], *filter(_FIELD.match, below), *below[-1:]])
    if settings := [said for said in messages if _SETTING.match(said)]:
        return _joined([settings[-1], messages[-1]])
    if _OF_JAVA.search(kind) and (
        outer := [text for _, text in given[:-1] if not _WRAPPING.match(text)]
    ):
        whole, inner = _one_line(outer[-1]).rstrip("."), _one_line(said)
        return f"{kind}: {inner}" if whole == inner else f"{whole}: {kind}: {inner}"
    return _one_line(said)


def _joined(messages: list[str]) -> str:
    return ": ".join(_one_line(said).rstrip(".") for said in dict.fromkeys(messages))


def _one_line(said: str) -> str:
    """Shorten a message to a line; the names that an options error lists belong to it."""
    if _PYTHON in said:  # of a function in Python: its last line is the error
        return said.rstrip().rpartition("\n")[2].strip()
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
