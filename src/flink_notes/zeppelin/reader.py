"""A ``.zpln`` file as a notebook."""

import json
import re
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.errors import InputError

_HEADER: Final = re.compile(r"\s*%(?P<name>[\w.]+)(?P<rest>.*)", re.DOTALL)
_PROPERTIES: Final = re.compile(r"\((?P<inside>(?:[^)\"]|\"[^\"]*\")*)\)", re.DOTALL)
_PAIR: Final = re.compile(r'\s*([^=,"]+?)\s*(?:=\s*("[^"]*"|[^,]*?)\s*)?(?:,|$)')
_WORDS: Final = ("md", "spark.md")
_FORM: Final = re.compile(r"\$\{(?P<name>\w+)(?:\([^)]*\))?(?:=(?P<default>[^,}]*)(?:,[^}]*)?)?\}")


def notebook(path: Path) -> NotebookNode:
    """Read a Zeppelin note as a notebook of this project's kind.

    Parameters
    ----------
    path : pathlib.Path
        A ``.zpln`` (or former ``note.json``) file; a byte order mark, results and unknown keys
        are passed over.

    Returns
    -------
    nbformat.NotebookNode
        Forms become a parameters cell; a paragraph that is switched off, without text, or of an
        interpreter that notes here do not have becomes words that say so.

    Raises
    ------
    InputError
        Where the file is cut off or no note.
    """
    forms: dict[str, str] = {}
    cells = [cell for part in _read(path) if (cell := _cell(part, forms)) is not None]
    if forms:
        lines = [_parameter(name, default) for name, default in forms.items()]
        cells.insert(0, new_code_cell("\n".join(lines), metadata={"tags": ["parameters"]}))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number + 1}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _parameter(name: str, default: str) -> str:
    if re.fullmatch(r"-?\d{1,18}", default):
        return f"{name}: int = {int(default)}"
    if default in {"true", "false"}:
        return f"{name}: bool = {default.title()}"
    return f"{name}: str = {json.dumps(default, ensure_ascii=False)}"


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        note = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(f"There is no note {path}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no Zeppelin note, or cut off ({error}).") from error
    if not isinstance(note, dict) or not isinstance(note.get("paragraphs"), list):
        raise InputError(f"{path} is no Zeppelin note: it has no list of paragraphs.")
    return [part for part in note["paragraphs"] if isinstance(part, dict)]


def _cell(part: dict[str, Any], forms: dict[str, str]) -> NotebookNode | None:
    text = str(part.get("text") or "")
    if not text.strip():
        return None
    header = _HEADER.match(text)
    name = header["name"] if header else "flink"
    body = header["rest"] if header else text
    if name in _WORDS:
        return new_markdown_cell(body.strip("\n"))
    if (part.get("config") or {}).get("enabled") is False:
        return new_markdown_cell(f"Switched off in Zeppelin:\n\n```\n{text.strip()}\n```")
    properties, body = _properties(body)
    if name in {"flink.ssql", "flink.pyflink", "flink.ipyflink"}:
        magic = "%%flink.ssql" if name == "flink.ssql" else "%%flink.pyflink"
        kept = properties.get("type") if magic == "%%flink.ssql" else None
        line = f"{magic} type={kept}" if kept in {"update", "append"} else magic
        return new_code_cell(f"{line}\n{_unformed(body, forms).strip(chr(10))}")
    return new_markdown_cell(
        f"Of Zeppelin's interpreter `%{name}`, which notes here do not have:\n\n"
        f"```\n{body.strip()}\n```"
    )


def _properties(body: str) -> tuple[dict[str, str], str]:
    """Read ``(type=update, …)`` directly behind the interpreter; text there is the paragraph's."""
    found = _PROPERTIES.match(body)
    if found is None:
        return {}, body
    pairs = {pair[1]: (pair[2] or pair[1]).strip('"') for pair in _PAIR.finditer(found["inside"])}
    return pairs, body[found.end() :]


def _unformed(sql: str, forms: dict[str, str]) -> str:
    def place(form: re.Match[str]) -> str:
        forms.setdefault(form["name"], form["default"] or "")
        return f"${{{form['name']}}}"

    return _FORM.sub(place, sql)
