"""The dashboard's definition: `python -m dashboards write` or `python -m dashboards check`."""

import argparse
import json
import sys
from collections.abc import Sequence

from dashboards import checks, definition


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the definition's file, or say what is wrong with it.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 1 where the file is not the one that is built, or has a problem: a line each.
    """
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("what", choices=["write", "check"])
    if parser.parse_args(arguments).what == "write":
        definition.write()
        print(f"written: {definition.PATH}")
    kept = definition.PATH.read_text(encoding="utf-8")
    found = checks.problems(json.loads(kept))
    if kept != definition.text():
        found.append(f"{definition.PATH} is not what is built: run `python -m dashboards write`")
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
