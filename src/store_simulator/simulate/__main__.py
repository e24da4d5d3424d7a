"""``python -m store_simulator.simulate``: replay recorded events into a Kinesis stream."""

import argparse
import sys

from helpers.errors import PlatformError
from helpers.events import NOW, PARTITION_KEYS
from helpers.kinesis import streams
from store_simulator.arguments import add_rule, rule_of
from store_simulator.simulate.pace import Pace
from store_simulator.simulate.replay import Replay
from store_simulator.simulate.run import simulate

_INTERRUPTED = 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m store_simulator.simulate",
        description="Replay recorded events into a Kinesis stream, one JSON record an event, in "
        "order for each partition key. Sent and dead-lettered records add up to those read.",
    )
    parser.add_argument(
        "source", help="a CSV, CSV.gz or Parquet file or a folder of them: a path or s3://…"
    )
    parser.add_argument("--stream", default=streams.RAW, help="default: %(default)s")
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--speed", type=float, help="event seconds in a second (default: 1)")
    pace.add_argument("--rate", type=float, help="events a second, whatever their times")
    pace.add_argument("--fast", action="store_true", help="as fast as the stream takes them")
    parser.add_argument(
        "--replay-at",
        default=NOW,
        help="when the source's first event happens: now (default), unmoved, or a UTC time such as "
        "2026-11-22T10:00:00; all events move by one offset, cut to whole windows of a burst",
    )
    parser.add_argument(
        "--partition-key", default="user_id", choices=PARTITION_KEYS, help="default: user_id"
    )
    parser.add_argument(
        "--bots", type=int, default=0, help="users to mix in whose actions are a burst"
    )
    add_rule(parser)
    parser.add_argument("--truth", default=Replay.truth, help="CSV of the bots' bursts")
    parser.add_argument(
        "--dead-letters", default=Replay.dead_letters, help="JSON lines of what cannot be sent"
    )
    parser.add_argument(
        "--start-at",
        type=int,
        default=0,
        help="rows of the source to pass over, as a stopped replay names them; at least once: "
        "the row is the first that was not sent, and later ones that were are sent again",
    )
    parser.add_argument(
        "--close-after",
        type=int,
        default=0,
        help="seconds of event time after the last event at which an action of nobody in each "
        "shard lets time pass it; 0 (default) sends none",
    )
    parser.add_argument("--in-flight", type=int, default=Replay.in_flight, help="requests at once")
    parser.add_argument(
        "--strict-order",
        action="store_true",
        help="put no key into a request twice: AWS may refuse one record of a request and take a "
        "later one of its key (such are counted); smaller requests where few users act",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="print HTTP status and category_id of each record"
    )
    return parser.parse_args()


def main() -> int:
    """Read the command line and replay; 2 is the exit code of a refusal, 130 of a Ctrl-C."""
    given = _arguments()
    try:
        speed = None if given.fast or given.rate is not None else given.speed or 1.0
        report = simulate(
            Replay(
                source=given.source,
                stream=given.stream,
                pace=Pace(given.speed if given.speed is not None else speed, given.rate),
                replay_at=given.replay_at,
                partition_key=given.partition_key,
                bots=given.bots,
                rule=rule_of(given),
                close_after_s=given.close_after,
                truth=given.truth,
                dead_letters=given.dead_letters,
                start_at=given.start_at,
                in_flight=given.in_flight,
                strict_order=given.strict_order,
                verbose=given.verbose,
            )
        )
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped at once: what was under way may be in the stream or not.", file=sys.stderr)
        return _INTERRUPTED
    print(
        f"{report.read:,} read = {report.sent:,} sent + {report.dead_lettered:,} dead letters, "
        f"{report.retried:,} retried, {report.seconds:,.1f} s; first event at {report.first_at}"
    )
    if report.overtaken:
        print(
            f"Warning: {report.overtaken:,} records were refused while later ones of their key "
            "were taken: their keys are out of order (--strict-order prevents it)."
        )
    if report.dead_lettered:
        print(f"Dead letters: {given.dead_letters}")
    if report.stopped_at is None:
        return 0
    print("At least once: of the rows from the next one on, some may be sent already, and again.")
    print(f"Stopped: go on with --start-at {report.stopped_at} --replay-at {report.first_at}")
    return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
