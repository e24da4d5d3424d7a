"""``python -m store_simulator.generate``: write a made-up month."""

import argparse
import sys
from datetime import date
from pathlib import Path

from helpers.errors import PlatformError
from store_simulator.arguments import add_rule, rule_of
from store_simulator.generate.month import generate


def main() -> int:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(
        prog="python -m store_simulator.generate",
        description="Write made-up events in the data set's CSV format, calibrated to the "
        "published totals of October and November 2019. The same arguments give the same bytes.",
    )
    parser.add_argument("out", type=Path, help="file to write: .csv or .csv.gz")
    parser.add_argument(
        "--from",
        dest="first",
        type=date.fromisoformat,
        default=date(2019, 10, 1),
        help="first day (default: %(default)s)",
    )
    parser.add_argument(
        "--to",
        dest="last",
        type=date.fromisoformat,
        default=date(2019, 10, 31),
        help="last day, included (default: %(default)s)",
    )
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument("--rows", type=int, help="about how many events (default: 300,000)")
    volume.add_argument("--share", type=float, help="share of the real volume; 1 is all of it")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument(
        "--bots", type=int, default=0, help="users to mix in whose actions are a burst"
    )
    add_rule(parser)
    parser.add_argument("--truth", type=Path, help="CSV to write the bots' bursts to")
    given = parser.parse_args()
    rows = 300_000 if given.rows is None and given.share is None else given.rows
    try:
        written = generate(
            given.out,
            first=given.first,
            last=given.last,
            rows=rows,
            share=given.share,
            seed=given.seed,
            bots=given.bots,
            rule=rule_of(given),
            truth=given.truth,
        )
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{given.out}: {written:,} events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
