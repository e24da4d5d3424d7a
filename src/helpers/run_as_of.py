"""Ask the questions of the Iceberg lake as it was: `python -m helpers.run_as_of PARAMS STATE`."""

import sys
from collections.abc import Sequence

from helpers import as_of, athena, aws, command_line, insights, report_page, run
from helpers.errors import InputError, PlatformError

TABLE = "user_activity"
"""The table that the questions ask."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the lake of then a database of its own, ask the questions there, print their answers.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where parameters or state do not fit; 1 where AWS or a notebook fails.
    """
    parser = command_line.of_params("python -m helpers.run_as_of", __doc__)
    parser.add_argument(
        "state", help="the snapshot that a report carries, or a UTC day such as 2026-11-22: its end"
    )
    parsed = parser.parse_args(arguments)
    try:
        values = command_line.checked(parsed.params, parsed.set)
        bucket, database = str(values["bucket"]), str(values.get("database", "db_commerce"))
        sys.stderr.write(f"Running on {aws.check()}.\n")
        athena.use(database, bucket, str(values.get("workgroup", "primary")))
        place = {"database": database, "bucket": bucket, "table": TABLE}
        snapshot = as_of.find(parsed.state, **place)
        made = as_of.database(snapshot, **place)
        then = {"database": made, report_page.AS_OF: snapshot}
        values = {name: value for name, value in values.items() if name != "raw"} | then
        run_dir = command_line.new_folder(f"{parsed.params.stem}-as-of-{parsed.state}")
        view = as_of.shown(made, TABLE)
        page, failures = run.execute(values, run_dir, insights.notebooks())
        if as_of.shown(made, TABLE) != view:
            failures.append(f"somebody else asked {made} for another state meanwhile: run again")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except PlatformError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    run.print_answers(run_dir)
    sys.stdout.write(f"\nReport: {page}\n")
    for failure in failures:
        sys.stderr.write(f"\n{failure}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
