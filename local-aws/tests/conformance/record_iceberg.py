"""Record a real Trino's answers over its Iceberg connector: part of `make record-athena`.

Writes `iceberg_recording.json`: a list with a line for each statement of the stories, in order,
holding its columns and rows as `record.py` does, the count of changed rows, or its error.
"""

import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from conformance import printed, scenarios, trino
from conformance.record import write

RECORDING = Path(__file__).parent / "iceberg_recording.json"
PROPERTIES = {"iceberg": "format = 'PARQUET'"}


def answer(url: str, step: scenarios.Step, kept: dict[str, str]) -> dict[str, Any]:
    """Ask one statement and shape its answer for the recording."""
    said = trino.ask(url, scenarios.filled(step.trino, kept))
    entry: dict[str, Any] = {"story": step.story, "sql": step.athena}
    if step.keeps:
        if said.error:
            raise RuntimeError(f"{step.trino}: {said.error}")
        kept[step.keeps] = str(said.rows[0][0])
        return entry
    if said.error:
        name, message = said.error
        return {**entry, "error": [name, _renamed(message, kept)]}
    if said.update_count is not None:
        entry["changed"] = said.update_count
    elif said.columns and not said.of_ddl:
        types = [kind for _, kind in said.columns]
        entry["columns"] = said.columns
        entry["rows"] = [
            [printed.text(v, t) for v, t in zip(row, types, strict=True)] for row in said.rows
        ]
    return entry


def _renamed(message: str, kept: dict[str, str]) -> str:
    """Put the names of what a server made in the place of its values."""
    for name in kept.keys() - PROPERTIES.keys():
        message = message.replace(kept[name], f"{{{name}}}")
    return message


def main() -> None:
    """Start Trino, tell it every story, write the recording whole or not at all."""
    kept = dict(PROPERTIES)
    with trino.running("iceberg") as url:
        made = trino.ask(url, f"CREATE SCHEMA {trino.SCHEMA}")
        if made.error:
            raise RuntimeError(f"Trino refused the schema: {made.error}")
        entries = [
            answer(url, step, kept)
            for step in tqdm(scenarios.steps(), "recording Iceberg", file=sys.stderr)
        ]
    write(RECORDING, entries)


if __name__ == "__main__":
    main()
