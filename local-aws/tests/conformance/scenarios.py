"""The statements of `iceberg/*.sql`: each file is a story told in order, over tables of its own.

A statement ends in `;` at a line's end. A line `-- keep NAME` before one stores the first cell of
its answer, which later statements name as `{NAME}`; such an answer is the server's own and is not
compared. Where Athena's words differ from Trino's (DDL), the lines `-- trino` and `-- athena`
stand before each. `{bucket}` is Athena's bucket, `{iceberg}` the properties of a CTAS.
"""

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """One statement of a story, in both dialects; `keeps` is the name of what its answer is."""

    story: str
    trino: str
    athena: str
    keeps: str | None = None


def steps() -> list[Step]:
    """Read every story, in the order of their files."""
    found = []
    for file in sorted((HERE / "iceberg").glob("*.sql")):
        for block in re.split(r";\s*\n", file.read_text(encoding="utf-8")):
            if block.strip():
                found.append(_step(file.stem, block.strip()))
    return found


def _step(story: str, block: str) -> Step:
    keeps = re.match(r"-- keep (\w+)\n", block)
    said = block[keeps.end() :] if keeps else block
    both = re.fullmatch(r"-- trino\n(.*)\n-- athena\n(.*)", said, re.DOTALL)
    trino, athena = (both[1], both[2]) if both else (said, said)
    return Step(story, trino.strip(), athena.strip(), keeps[1] if keeps else None)


def filled(sql: str, values: dict[str, str]) -> str:
    """Put values in the place of their names."""
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], sql)
