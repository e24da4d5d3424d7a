"""``python -m flink_notes export NOTE``: the note as the application that is deployed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from flink_notes.application import archive
from helpers import params
from helpers.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0, or 2 where the note or a value cannot be promoted.
    """
    parser = argparse.ArgumentParser(prog="python -m flink_notes", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    export = verbs.add_parser("export", help="pack a note as an application")
    export.add_argument("note", type=Path, help="an .ipynb file")
    export.add_argument("--params", type=Path, help="a YAML file as for papermill")
    export.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="given")
    export.add_argument("--out", type=Path, default=Path("runs/applications"), help="a folder")
    parsed = parser.parse_args(arguments)
    try:
        given = params.load(parsed.params) if parsed.params else {}
        _export(parsed.note, {**given, **_pairs(parsed.given)}, parsed.out)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _pairs(given: Sequence[str]) -> dict[str, Any]:
    parts = (pair.partition("=") for pair in given)
    return {name: yaml.safe_load(value) for name, _, value in parts}


def _export(note: Path, given: dict[str, Any], out: Path) -> None:
    built = archive.build(note, given)
    path = archive.write(built, out)
    sys.stdout.write(f"{path}\n{len(built.content):,} bytes, SHA-256 {built.sha256}\n")
    if missing := built.missing():
        sys.stdout.write(f"To be given when it is deployed: {', '.join(missing)}.\n")


if __name__ == "__main__":
    sys.exit(main())
