"""Every path that a page names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "docs").rglob("*.md"),
    *ROOT.glob("*/README.md"),
    *ROOT.glob("src/*/README.md"),
]
# made by a command, or beside the clone
MADE = ("runs", ".venv", ".local_aws", "data", "target", "..")
# a path in backticks has a slash and names a file or ends in one
IN_BACKTICKS = re.compile(r"`((?:[A-Za-z_.][\w.-]*/)+[\w.-]*)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = (page.parent, ROOT)
    named = [name for name in IN_BACKTICKS.findall(text) if name.split("/")[0] not in MADE]
    linked = LINK.findall(text)
    missing = [
        name for name in [*named, *linked] if not any((place / name).exists() for place in places)
    ]
    assert missing == []
