"""The page of a run: `python -m dashboards.page params/demo.yaml RUN_DIR`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dashboards.page import writing
from helpers import aws, command_line
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
    parser = command_line.of_params("python -m dashboards.page", __doc__)
    parser.add_argument("run_dir", type=Path, help="a run's folder, or a new one")
    parsed = parser.parse_args(arguments)
    try:
        values = command_line.given(parsed.params, parsed.set)
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
