"""The dashboard's definition: `python -m dashboards write` or `python -m dashboards check`."""

import argparse
import sys
from collections.abc import Sequence

from dashboards import definition


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the definition's file, or say whether it is the one that is built.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 1 where the file is another.
    """
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("what", choices=["write", "check"])
    parsed = parser.parse_args(arguments)
    if parsed.what == "write":
        definition.write()
        print(f"written: {definition.PATH}")
    elif definition.PATH.read_text(encoding="utf-8") != definition.text():
        print(f"{definition.PATH} is not what is built: run `python -m dashboards write`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
