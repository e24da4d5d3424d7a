"""A note as ``.zpln``: with forms for Zeppelin, with values for Studio."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from flink_notes import paragraph
from flink_notes.notebook import cells
from flink_notes.paragraph import Paragraph
from flink_notes.statements import statements
from flink_notes.substitution import places, substitute
from flink_notes.zeppelin import studio
from flink_notes.zeppelin.document import document
from helpers import params
from helpers.errors import InputError
from helpers.sql_text import replaced

_OWN_SET: Final = "EXECUTE STATEMENT SET BEGIN"
_INTERPRETERS: Final = {paragraph.SSQL: "%flink.ssql", paragraph.PYFLINK: "%flink.pyflink"}
_NOT_IN_A_FORM: Final = frozenset(",|(){}\n")


def for_zeppelin(note: Path) -> str:
    """Write a note for Zeppelin: each parameter is a form with its default.

    Parameters
    ----------
    note : pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    str
        The text of the ``.zpln`` file. Plain Python, which is JupyterLab's, is left out with
        the words before it.

    Raises
    ------
    InputError
        Where a default cannot stand in a form.
    """
    defaults = _defaults(note)

    def formed(sql: str) -> str:
        found = places(sql)
        return replaced(
            sql,
            [(place.start(), place.end(), _form(place[0][2:-1], defaults)) for place, _ in found],
        ).text

    return document(note.stem, _texts(note, formed, defaults))


def for_studio(note: Path, given: Mapping[str, Any]) -> str:
    """Write a note for Managed Service for Apache Flink Studio, which promotes no forms.

    Parameters
    ----------
    note : pathlib.Path
        An ``.ipynb`` file.
    given : mapping of str to object
        Values in place of the defaults, and what the note computes.

    Returns
    -------
    str
        The text of the ``.zpln`` file, with the options of Studio's own Kinesis connector; its
        first paragraph says what that one cannot do.

    Raises
    ------
    InputError
        Where a value is missing or may not stand in its place.
    """
    values = {**_defaults(note), **given}
    lost: dict[str, None] = {}

    def translated(sql: str) -> str:
        text, left_out = studio.statement(substitute(sql, values))
        lost.update(dict.fromkeys(left_out))
        return text

    texts = _texts(note, translated, values)
    return document(f"{note.stem}_studio", [studio.words(list(lost)), *texts])


def _defaults(note: Path) -> dict[str, Any]:
    return {known.name: ast.literal_eval(known.default) for known in params.of_notebook(note)}


def _texts(note: Path, sql: Callable[[str], str], values: Mapping[str, Any]) -> list[str]:
    texts: list[str] = []
    words: list[str] = []
    first = True
    for cell in cells(note):
        if cell.cell_type == "markdown":
            words.append(f"%md\n{cell.source}")
            if first:
                texts, words, first = words, [], False
            continue
        part = paragraph.read(cell.source) if cell.cell_type == "code" else None
        if part is not None:
            texts += [*words, _text(part, sql, values)]
        words = []
    return texts + words


def _text(part: Paragraph, sql: Callable[[str], str], values: Mapping[str, Any]) -> str:
    header = _INTERPRETERS[part.interpreter]
    if part.interpreter == paragraph.PYFLINK:
        return f"{header}\n{part.text}"
    if "type" in part.properties:
        header += f"(type={part.properties['type']})"
    found = [_zeppelins(sql(statement.text)) for statement in statements(part.text)]
    return header + "\n" + "\n\n".join(f"{text};" for text in found)


def _zeppelins(sql: str) -> str:
    """Write a statement set as Zeppelin's splitter reads it."""
    if not sql.upper().startswith(_OWN_SET):
        return sql
    return f"BEGIN STATEMENT SET;{sql[len(_OWN_SET) :]}"


def _form(name: str, defaults: Mapping[str, Any]) -> str:
    value = defaults.get(name, "")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if _NOT_IN_A_FORM & set(text):
        raise InputError(
            f"The default {text!r} of {name} cannot stand in a form of Zeppelin's: it would be "
            "read as choices; take another default."
        )
    return f"${{{name}={text}}}"
