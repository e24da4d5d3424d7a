"""Record a real Trino's answers to the corpus: `make record-athena`.

Writes `recording.json`: a list with a line for each statement, in the corpus's order, holding its
columns (name and raw Trino type) and rows (as Athena prints them, null for NULL) or its error
(name and message).
"""

import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from conformance import corpus, printed, trino

RECORDING = Path(__file__).parent / "recording.json"


def load_events(url: str) -> None:
    """Create the corpus's table in Trino and fill it."""
    columns = ", ".join(f"{name} {kind}" for name, kind in corpus.COLUMNS.items())
    values = ", ".join(
        "(" + ", ".join(_literal(row[name], kind) for name, kind in corpus.COLUMNS.items()) + ")"
        for row in corpus.rows()
    )
    for sql in (
        f"CREATE SCHEMA {trino.SCHEMA}",
        f"CREATE TABLE events ({columns})",
        f"INSERT INTO events VALUES {values}",
    ):
        answer = trino.ask(url, sql)
        if answer.error:
            raise RuntimeError(f"Trino refused the table: {answer.error}")


def _literal(value: str | None, kind: str) -> str:
    if value is None:
        return "NULL"
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if kind == "varchar" else f"CAST({quoted} AS {kind})"


def answer(url: str, statement: corpus.Statement) -> dict[str, object]:
    """Ask one statement and shape its answer for the recording."""
    said = trino.ask(url, statement.sql, list(statement.parameters))
    entry: dict[str, object] = {"subject": statement.subject, "sql": statement.sql}
    if statement.parameters:
        entry["parameters"] = statement.parameters
    if said.error:
        return {**entry, "error": said.error}
    types = [kind for _, kind in said.columns]
    rows = [[printed.text(v, t) for v, t in zip(row, types, strict=True)] for row in said.rows]
    return {**entry, "columns": said.columns, "rows": rows}


def write(recording: Path, entries: list[dict[str, Any]]) -> None:
    """Write a recording whole or not at all, an answer a line."""
    partial = recording.with_suffix(".part")
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    partial.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    partial.replace(recording)


def main() -> None:
    """Start Trino, ask everything, write the recording whole or not at all."""
    with trino.running("memory") as url:
        load_events(url)
        entries = [answer(url, s) for s in tqdm(corpus.statements(), "recording", file=sys.stderr)]
    write(RECORDING, entries)


if __name__ == "__main__":
    main()
