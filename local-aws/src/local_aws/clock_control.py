"""The path by which a test moves the clock; without the variable it does not exist."""

import asyncio
import os
from collections.abc import Callable
from urllib.parse import parse_qs

from local_aws.clock import clock
from local_aws.protocol.http import Answer, Scope
from local_aws.variables import Variable

PATH = "/_local_aws/clock"
MOVABLE = Variable(
    "LOCAL_AWS_MOVABLE_CLOCK",
    0,
    f"1 lets tests move the clock of metrics and alarms by `PUT {PATH}?seconds=N`",
)
MOST_S = 31 * 86_400


def is_asked(scope: Scope) -> bool:
    """Say whether a request is for the clock, and this server's clock can be moved."""
    return scope["path"] == PATH and os.environ.get(MOVABLE.name) == "1"


async def answer(scope: Scope, move: Callable[[float], None]) -> Answer:
    """Move the clock ahead by ``?seconds=N`` (PUT), or back to the true time (DELETE).

    Parameters
    ----------
    scope : Scope
        The request.
    move : callable
        Moves the clock, and returns when all that became due on the way is done.
    """
    if scope["method"] == "DELETE":
        clock.put_right()
    else:
        text = parse_qs(scope["query_string"].decode()).get("seconds", [""])[0]
        try:
            seconds = float(text)
        except ValueError:
            return _said(400, f"seconds={text} is no number")
        if not 0 <= seconds <= MOST_S:
            return _said(400, f"seconds={text} is not within 0 and {MOST_S}")
        await asyncio.to_thread(move, seconds)
    return _said(200, str(clock()))


def _said(status: int, text: str) -> Answer:
    return Answer(status, {"content-type": "text/plain"}, text.encode())
