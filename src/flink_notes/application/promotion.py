"""What of a note is the application: decided statement by statement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flink_notes import paragraph
from flink_notes.application import python_cells, runtime, secrets
from flink_notes.application.cells import Cell, PromotionError
from flink_notes.statements import Statement, statements
from flink_notes.tokens import SqlError, tokens
from helpers.errors import InputError

_DEFINES: Final = ("CREATE", "DROP", "ALTER", "USE")
_SHOWS: Final = ("SELECT", "WITH", "VALUES", "TABLE", "(", "EXPLAIN", "SHOW", "DESCRIBE", "DESC")
_SHELLS: Final = ("!", "%%bash", "%%sh", "%%script", "%%cmd", "%%perl", "%%ruby", "%sh", "%%system")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_SETS: Final = (["EXECUTE", "STATEMENT", "SET", "BEGIN"], ["BEGIN", "STATEMENT", "SET", ";"])


@dataclass(frozen=True)
class Step:
    """One statement of SQL or one cell of Python that is part of the application.

    Attributes
    ----------
    cell : Cell
    text : str
        SQL with its ``${name}`` places, or Python.
    python : bool
    """

    cell: Cell
    text: str
    python: bool = False


@dataclass(frozen=True)
class Application:
    """What the note's application does, in the order of the note.

    Attributes
    ----------
    note : str
        The note's name, without its suffix.
    settings : dict of str to Step
        What SET sets, by key; the text of a step is the value.
    steps : list of Step
        Definitions and Python.
    inserts : list of Step
        Each INSERT of the one job.
    """

    note: str
    settings: Mapping[str, Step]
    steps: list[Step]
    inserts: list[Step]


def promote(note: str, found: Sequence[Cell], parameters: frozenset[str]) -> Application:
    """Read a note as an application.

    Parameters
    ----------
    note : str
        Its name, without the suffix.
    found : sequence of Cell
        Its code cells.
    parameters : frozenset of str
        The names that have a place in the properties; Python cells may use them.

    Returns
    -------
    Application

    Raises
    ------
    PromotionError
        With the cell that cannot be promoted, and why.
    InputError
        Where the note has no INSERT, or its name makes no application's.
    """
    if not _NAME.fullmatch(note):
        raise InputError(
            f"The note's name {note!r} makes no application's: rename it, with 1 to 128 of "
            "the letters a to z and A to Z, digits, `.`, `-` and `_`."
        )
    settings: dict[str, Step] = {}
    steps: list[Step] = []
    inserts: list[Step] = []
    in_set = False
    python: list[Cell] = []
    for cell in found:
        part = _paragraph(cell)
        if part is None:
            continue
        if part.interpreter == paragraph.PYFLINK:
            python.append(Cell(cell.number, part.text, cell.words))
            steps.append(Step(cell, part.text, python=True))
            continue
        for statement, kind in _classified(cell, part.text):
            if kind == "set":
                key, value = _setting(cell, statement)
                settings[key] = Step(cell, value)
            elif kind == "define":
                steps.append(Step(cell, statement.text))
            elif kind in {"insert", "job"}:
                if inserts and (in_set or kind == "job"):
                    raise PromotionError(
                        cell,
                        "it starts a second job: an application is one, so put every INSERT into "
                        "one statement set",
                    )
                in_set = kind == "job"
                texts = _of_set(cell, statement) if in_set else [statement.text]
                inserts += [Step(cell, insert) for insert in texts]
    python_cells.check(python, parameters)
    if not inserts:
        raise InputError(f"{note} has no INSERT: an application without one does nothing.")
    for step in (*steps, *inserts):
        said = secrets.trouble(step.text) or (
            None if step.python else secrets.option_trouble(step.text)
        )
        if said:
            raise PromotionError(step.cell, said)
    return Application(note, settings, steps, inserts)


def _paragraph(cell: Cell) -> paragraph.Paragraph | None:
    try:
        part = paragraph.read(cell.source)
    except InputError as error:
        raise PromotionError(cell, str(error)) from error
    lines = cell.source.splitlines()
    if part is None or part.interpreter == paragraph.PYFLINK:
        for line in lines:
            if line.startswith(_SHELLS):
                raise PromotionError(
                    cell,
                    f"`{line.strip()}` is for a shell, which the service does not have: do "
                    "it outside of the note",
                )
    return part


def _classified(cell: Cell, text: str) -> Iterator[tuple[Statement, str]]:
    try:
        found = statements(text)
    except SqlError as error:
        raise PromotionError(cell, str(error)) from error
    for statement in found:
        yield statement, _kind(cell, statement)


def _kind(cell: Cell, statement: Statement) -> str:
    words = _words(statement.text)
    if words[:4] in _SETS:
        return "job"
    if words[0] == "INSERT" or words[:2] == ["EXECUTE", "INSERT"]:
        return "insert"
    if words[0] == "SET":
        return "set"
    if words[0] in _DEFINES:
        if words[0] == "CREATE" and "AS" in _outer(statement.text) and "TABLE" in words[:4]:
            raise PromotionError(
                cell, "CREATE TABLE … AS starts a job of its own: write CREATE TABLE and INSERT"
            )
        return "define"
    if words[0] in _SHOWS or words[:2] == ["EXECUTE", "SELECT"]:
        return "show"
    raise PromotionError(
        cell,
        f"{words[0]} cannot be part of an application: definitions, SET and INSERT can; what only "
        "looks (SELECT, EXPLAIN, SHOW, DESCRIBE) is left out",
    )


def _words(sql: str) -> list[str]:
    return [
        token[0].upper() for token in tokens(sql) if token.lastgroup not in {"space", "comment"}
    ]


def _outer(sql: str) -> list[str]:
    """List the words of a statement that stand in no brackets."""
    depth, found = 0, []
    for token in tokens(sql):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and token.lastgroup == "word":
            found.append(token[0].upper())
    return found


def _of_set(cell: Cell, statement: Statement) -> list[str]:
    """List the INSERTs of a statement set."""
    code = [
        token for token in tokens(statement.text) if token.lastgroup not in {"space", "comment"}
    ]
    inner = statement.text[code[3].end() : code[-1].start()]
    found = statements(inner)
    for part in found:
        if _words(part.text)[0] != "INSERT":
            raise PromotionError(cell, "a statement set holds INSERTs alone")
    return [part.text for part in found]


def _setting(cell: Cell, statement: Statement) -> tuple[str, str]:
    literals = [token[0] for token in tokens(statement.text) if token.lastgroup == "literal"]
    if len(literals) != 2:
        raise PromotionError(cell, "SET is written SET 'key' = 'value'")
    key, value = (literal[1:-1].replace("''", "'") for literal in literals)
    if key not in runtime.SETTINGS:
        raise PromotionError(
            cell,
            python_cells.refused(key),
        )
    return key, value
