"""``python -m flink_notes export NOTE``: the note as the application that is deployed.

``check ARCHIVE`` says what of it would fail; ``zeppelin NOTE`` writes a note for Zeppelin,
``studio NOTE`` for Studio, and ``notebook ZPLN`` makes a Zeppelin note a notebook.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from flink_notes.application import against, archive, check, state, upload
from flink_notes.zeppelin import export as zpln
from flink_notes.zeppelin import reader
from helpers import params
from helpers.errors import InputError, PlatformError
from helpers.files import written_whole

_FOUND = (
    "found: Flink gives the operator its state. Whether it means the same by it is told against "
    "the archive that the savepoint was taken of."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 1 where a running application's state would be refused; 2 where the note, a value or
        an archive is wrong; 3 where AWS is out of reach or refuses.
    """
    parser = argparse.ArgumentParser(prog="python -m flink_notes", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    export = verbs.add_parser("export", help="pack a note as an application")
    checks = verbs.add_parser("check", help="say what of an archive the service would refuse")
    checks.add_argument("archive", type=Path, help="a .zip")
    checks.add_argument("--against", help=f"say what of a state stays: {against.FORMS}")
    zeppelin = verbs.add_parser("zeppelin", help="write a note as .zpln, with forms")
    studio = verbs.add_parser("studio", help="write a note as .zpln for Studio, with values")
    notebook = verbs.add_parser("notebook", help="make a .zpln a notebook")
    for verb in (export, zeppelin, studio):
        verb.add_argument("note", type=Path, help="an .ipynb file")
    for verb in (export, studio):
        verb.add_argument("--params", type=Path, help="a YAML file as for papermill")
        verb.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="given")
    notebook.add_argument("note", type=Path, help="a .zpln file")
    export.add_argument("--out", type=Path, default=Path("runs/applications"), help="a folder")
    export.add_argument("--bucket", help="put archive and .zpln there too, for a deployment")
    export.add_argument("--quiet", action="store_true", help="say the archive's path alone")
    for verb in (zeppelin, studio, notebook):
        verb.add_argument("--out", type=Path, help="a file; beside the note by default")
    parsed = parser.parse_args(arguments)
    try:
        if parsed.verb == "export":
            _export(parsed)
        elif parsed.verb == "check":
            return _check(parsed.archive, parsed.against)
        else:
            _convert(parsed)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


def _given(parsed: argparse.Namespace) -> dict[str, Any]:
    given = params.load(parsed.params) if parsed.params else {}
    return {**given, **dict(map(params.setting, parsed.given))}


def _check(path: Path, former: str | None) -> int:
    planned = check.check(path)
    nodes = planned.plan["nodes"]
    sinks = sum("dynamicTableSink" in node for node in nodes)
    sys.stdout.write(
        f"{path.name} can be deployed: Flink plans {len(nodes)} steps into {sinks} sinks.\n"
    )
    verdicts = against.verdicts(former, planned) if former else []
    for verdict in verdicts:
        why = f"\n        {verdict.why}" if verdict.why else ""
        sys.stdout.write(f"{verdict.becomes:8}{verdict.operator}{why}\n")
    if any(verdict.becomes == state.FOUND for verdict in verdicts):
        sys.stdout.write(f"{_FOUND}\n")
    return 1 if any(verdict.becomes == state.REFUSED for verdict in verdicts) else 0


def _convert(parsed: argparse.Namespace) -> None:
    note: Path = parsed.note
    if parsed.verb == "notebook":
        text, name = nbformat.writes(reader.notebook(note)) + "\n", f"{note.stem}.ipynb"
    elif parsed.verb == "studio":
        text, name = zpln.for_studio(note, _given(parsed)), f"{note.stem}_studio.zpln"
    else:
        text, name = zpln.for_zeppelin(note), f"{note.stem}.zpln"
    path = parsed.out or note.with_name(name)
    with written_whole(path) as stream:
        stream.write(text.encode())
    sys.stdout.write(f"{path}\n")


def _export(parsed: argparse.Namespace) -> None:
    built = archive.build(parsed.note, _given(parsed))
    known = [value.name for value in built.values]
    known += [parameter.name for parameter in params.of_notebook(parsed.note)]
    for name, _ in map(params.setting, parsed.given):
        if name not in known:
            raise InputError(f"--set {name}: {parsed.note.name} has no such value.")
    path = archive.write(built, parsed.out)
    sys.stdout.write(f"{path}\n")
    if parsed.bucket:
        for key in upload.upload(path, parsed.note, parsed.bucket):
            sys.stdout.write(f"s3://{parsed.bucket}/{key}\n")
    if parsed.quiet:
        return
    sys.stdout.write(f"{len(built.content):,} bytes, SHA-256 {built.sha256}\n")
    if missing := built.missing():
        sys.stdout.write(f"To be given when it is deployed: {', '.join(missing)}.\n")


if __name__ == "__main__":
    sys.exit(main())
