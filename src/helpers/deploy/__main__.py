"""``python -m helpers.deploy --stage dev``: the stacks in order, or removed but for data."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Final

from helpers import aws
from helpers.deploy import code, stacks
from helpers.errors import InputError, PlatformError
from helpers.paths import PROJECT

TEMPLATES: Final = PROJECT / "infra"
KEPT: Final = ("bootstrap", "data")  # they hold what cannot be made again
REMOVED: Final = ("alerts", "streams")


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy or remove the platform's stacks.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where an argument is wrong; 1 where a stack fails.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="such as dev: part of every name")
    parser.add_argument("--email", default="", help="who gets a message of each alert")
    parser.add_argument("--link", default="", help="where a message leads; {user_id} is filled in")
    parser.add_argument("--destroy", action="store_true", help="remove the stacks, after asking")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parsed = parser.parse_args(arguments)
    try:
        _check(parsed.stage, parsed.email)
        _say(f"On {aws.check()}.")
        if parsed.destroy:
            return _destroy(parsed.stage, asked=not parsed.yes)
        _deploy(parsed.stage, parsed.email, parsed.link)
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


def _check(stage: str, email: str) -> None:
    if not re.fullmatch("[a-z][a-z0-9]{0,11}", stage):
        raise InputError(f"the stage {stage!r} is none: take small letters and digits, 12 at most")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise InputError(f"{email!r} is no address: give one such as ops@example.org")


def _deploy(stage: str, email: str, link: str) -> None:
    outputs = _one("bootstrap", stage, {}) | _one("data", stage, {}) | _one("streams", stage, {})
    key = code.upload(outputs["CodeBucketName"])
    given = {"CodeBucket": outputs["CodeBucketName"], "CodeKey": key, "Email": email, "Link": link}
    from_stacks = (
        "AlertStreamArn",
        "AlertTableArn",
        "AlertTableName",
        "FailuresBucketArn",
        "PoisonQueueArn",
        "PoisonQueueUrl",
    )
    outputs |= _one("alerts", stage, given | {name: outputs[name] for name in from_stacks})
    _say("\nOutputs")
    for name, value in outputs.items():
        _say(f"  {name:<20} {value}")


def _one(stack: str, stage: str, parameters: dict[str, str]) -> dict[str, str]:
    name = f"ecommerce-{stage}-{stack}"
    _say(f"\n{name}")
    template = TEMPLATES / f"{stack}.yaml"
    deployed = stacks.deploy(name, template, {"Stage": stage} | parameters, _indented)
    if not deployed.changed:
        _indented("nothing changed")
    return deployed.outputs


def _destroy(stage: str, *, asked: bool) -> int:
    names = [f"ecommerce-{stage}-{stack}" for stack in REMOVED]
    if asked:
        sys.stdout.write(
            f"Remove {' and '.join(names)}? What the stacks {' and '.join(KEPT)} hold stays: "
            "alerts, poison, failures, code. [y/N] "
        )
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            _say("Nothing was removed.")
            return 0
    for name in names:
        _say(f"\n{name}")
        if not stacks.destroy(name, _indented):
            _indented("there is none")
    return 0


def _indented(line: str) -> None:
    _say(f"  {line}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
