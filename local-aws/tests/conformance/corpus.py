"""The statements of `statements/*.sql` and the invented table that they ask."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = {
    "event_time": "timestamp(3)",
    "event_type": "varchar",
    "product_id": "bigint",
    "category_id": "bigint",
    "category_code": "varchar",
    "brand": "varchar",
    "price": "decimal(10, 2)",
    "user_id": "bigint",
    "user_session": "varchar",
}


@dataclass(frozen=True)
class Statement:
    """One query of the corpus; `parameters` are the SQL literals of its question marks."""

    subject: str
    sql: str
    parameters: tuple[str, ...] = ()


def statements() -> list[Statement]:
    """Read every subject's file: statements end in `;` at a line's end.

    A line `-- parameters: 1 | 'x'` before a statement gives its execution parameters.
    """
    found = []
    for file in sorted((HERE / "statements").glob("*.sql")):
        for block in re.split(r";\s*\n", file.read_text(encoding="utf-8")):
            lines = [line for line in block.strip().splitlines() if not line.startswith("--")]
            if not lines:
                continue
            marked = re.search(r"^-- parameters: (.*)$", block, re.MULTILINE)
            parameters = tuple(p.strip() for p in marked[1].split("|")) if marked else ()
            found.append(Statement(file.stem, "\n".join(lines).strip(), parameters))
    return found


def rows() -> list[dict[str, str | None]]:
    r"""Read the table `events` as text; `\N` is null."""
    with (HERE / "events.csv").open(encoding="utf-8", newline="") as file:
        return [
            {name: None if value == r"\N" else value for name, value in row.items()}
            for row in csv.DictReader(file)
        ]
