"""Runs the alert job until it is killed: python alert_job.py EVENTS ALERTS DEAD CHECKPOINTS READER.

READER is JSON, options of the source; endpoint and credentials come from the environment.
"""

import json
import sys

from support.bursts import EVENTS, TUMBLING
from support.tables import checkpointed, create_table

REGION = "arn:aws:kinesis:us-east-1:000000000000:stream/"


def submit(
    events: str,
    alerts: str,
    dead: str,
    checkpoints: str,
    *,
    reader: dict[str, str],
    aws: dict[str, str],
    **settings: str,
) -> object:
    environment = checkpointed(checkpoints, **settings)
    create_table(
        environment,
        "events",
        EVENTS.format(delay=10),
        {
            "stream.arn": REGION + events,
            **aws,
            **reader,
            "source.init.position": "TRIM_HORIZON",
            "source.shard.get-records.max-record-count": "50",
            "source.dead-letter.stream.arn": REGION + dead,
        },
    )
    create_table(
        environment,
        "alerts",
        "user_id BIGINT, window_start STRING, action_count BIGINT",
        {"stream.arn": REGION + alerts, **aws, "sink.flush-buffer.timeout": "100"},
    )
    return environment.execute_sql(TUMBLING)


if __name__ == "__main__":
    submit(*sys.argv[1:5], reader=json.loads(sys.argv[5]), aws={}).wait()  # type: ignore[attr-defined]
