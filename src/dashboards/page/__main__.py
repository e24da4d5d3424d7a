"""The page of a run: `python -m dashboards.page params/demo.yaml RUN_DIR`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dashboards.page import writing
from helpers import aws, params
from helpers.errors import PlatformError


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask the views, write the page and say where it is.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 1 where AWS fails or a part of the page cannot be shown, which is said.
    """
    parser = argparse.ArgumentParser(prog="python -m dashboards.page", description=__doc__)
    parser.add_argument("params", type=Path, help="a YAML file of params/")
    parser.add_argument("run_dir", type=Path, help="a run's folder, or a new one")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[])
    parsed = parser.parse_args(arguments)
    try:
        values = params.load(parsed.params)
        values |= map(params.setting, parsed.set)
        aws.check()
        page, problems = writing.write(parsed.run_dir, values)
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"Dashboard: {page}")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
