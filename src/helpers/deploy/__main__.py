"""``python -m helpers.deploy --stage dev``: the stacks in order, or removed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from helpers import aws, params
from helpers.deploy import cost, lint, platform
from helpers.deploy.platform import Platform
from helpers.errors import InputError, PlatformError


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy or remove the platform's stacks.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where an argument or a template is wrong; 1 where a stack fails.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="such as dev: part of every name")
    parser.add_argument(
        "--params", type=Path, help="a YAML file of params/: it names bucket and database"
    )
    parser.add_argument(
        "--email", default="", help="who gets a message of each alert, or none; as it is by default"
    )
    parser.add_argument(
        "--link", default="", help="where a message leads, or none; {user_id} is filled in"
    )
    parser.add_argument(
        "--fan-out",
        action=argparse.BooleanOptionalAction,
        help="have stream 2 pushed to the alert function, or read each second",
    )
    parser.add_argument(
        "--application", type=Path, help="an archive of the note: what the application begins with"
    )
    parser.add_argument(
        "--dashboards", action="store_true", help="make what QuickSight's dashboard is drawn from"
    )
    parser.add_argument("--destroy", action="store_true", help="remove the stacks, after asking")
    parser.add_argument("--data", action="store_true", help="with --destroy: what is stored too")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
    parsed = parser.parse_args(arguments)
    try:
        names = params.load(parsed.params) if parsed.params else {}
        wanted = Platform(
            parsed.stage,
            bucket=str(names.get("bucket", "")),
            database=str(names.get("database", "")),
            email=parsed.email,
            link=parsed.link,
            fan_out=parsed.fan_out,
            application=parsed.application,
            dashboards=parsed.dashboards,
        )
        if parsed.quiet:
            platform.deploy(wanted)
            return 0
        _say(f"On {aws.check()}.")
        if parsed.destroy:
            return _destroy(wanted, data=parsed.data, asked=not parsed.yes)
        _deploy(wanted)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped here; CloudFormation goes on. Run it again at any time.\n")
        return 130
    return 0


def _deploy(wanted: Platform) -> None:
    lint.check()
    _say("The templates are clean.")
    _say(f"Estimate: ${cost.total():,.2f} a month, {cost.BASIS}. Each part: notebook 00_deploy.")
    outputs = platform.deploy(wanted, _say)
    _say("\nOutputs")
    for name, value in sorted(outputs.items()):
        _say(f"  {name:<20} {value}")
    for line in platform.unconfirmed(outputs):
        _say(line)


def _destroy(wanted: Platform, *, data: bool, asked: bool) -> int:
    stays = (
        "Raw files, lake, alerts, poison, failures and code go with them."
        if data
        else f"What the stacks {' and '.join(platform.KEPT)} hold stays."
    )
    if asked:
        sys.stdout.write(f"Remove the stage {wanted.stage}? {stays} [y/N] ")
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            _say("Nothing was removed.")
            return 0
    platform.destroy(wanted, _say, data=data)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
