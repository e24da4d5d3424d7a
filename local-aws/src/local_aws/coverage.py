"""``python -m local_aws.coverage``: what is there, written into the README of the package.

The lists come from the tables of operations, from AWS's models and from ministack's code, so that
they cannot say what is not so; a test compares the README with them.
"""

from pathlib import Path

from local_aws import clock_control
from local_aws.cloudformation.types import TYPES
from local_aws.engine import database
from local_aws.kinesis import limits
from local_aws.ministack.environment import MINISTACK_SERVICES
from local_aws.ministack.operations import BOTOCORE, named_operations
from local_aws.protocol.model import operations
from local_aws.quicksight import spice
from local_aws.s3 import lifecycle
from local_aws.s3.refusals import refused_operations
from local_aws.server import OUR_SERVICES

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- made by python -m local_aws.coverage -->\n"
END = "<!-- end of what is made -->\n"

VARIABLES = (
    *limits.VARIABLES,
    *lifecycle.VARIABLES,
    database.MEMORY,
    spice.CAPACITY,
    clock_control.MOVABLE,
)
MINISTACKS = {BOTOCORE.get(name, name): name for name in MINISTACK_SERVICES}
DIFFERENCES = {
    "athena": "DuckDB under Trino's SQL; no notebooks, capacity reservations, federated catalogs",
    "databrew": "no projects, sessions, schedules, logs, retries, KMS, databases, ORC or Excel; "
    "recipe steps are few, all others are refused by name; MaxCapacity makes nothing faster; not "
    "documented: the name of a 64-bit type (here bigint), the number of a weekday (Monday is 1)",
    "glue": "the catalog is ours, jobs and crawlers are ministack's; no OpenTableFormatInput",
    "budgets": "stored; nothing costs anything, so no notification is ever sent",
    "cloudwatch": "percentiles are exact; a metric is listed at once; an alarm fetches two "
    "datapoints more than it evaluates, as in the guide's examples: the number is not documented",
    "logs": "ours: filter patterns, TestMetricFilter, metric filters, EMF; what functions wrote "
    "since the last call of Logs is lost by a kill. Retention is stored and nothing expires",
    "sns": "ours: e-mail with its outbox, HTTP to the loopback and once only, dead letters of "
    "subscriptions",
    "sqs": "ours: StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask; tasks are "
    "forgotten by a stop",
    "kinesis": "encryption is noted and not done; no shard-level metrics, DryRun, warm throughput "
    "or channels; streams are ACTIVE at once and rates are free unless a variable says otherwise",
    "kinesisanalyticsv2": "Python applications of FLINK-2_2, on the Python of the server; one "
    "TaskManager with all slots, within 2 GiB. Stored and not carried out: AutoScalingEnabled, the "
    "maintenance window. Figures to the level OPERATOR. Notes of Studio are kept and not run",
    "lambda": "ours: how functions run (Python only), asynchronous invocations, which a stop "
    "forgets while they wait, and event sources of Kinesis; those of queues and of DynamoDB's "
    "streams are ministack's",
    "quicksight": "nothing draws: a dashboard's definition is checked, kept in versions and told; "
    "Athena is the one kind of data source; joins, filters and calculated columns of data "
    "sets, incremental refreshes, templates, analyses and folders are refused; what SPICE takes is "
    "the user guide's estimate",
    "s3": "ours: bodies on disk, multipart uploads, versions that outlive a kill, encryption as it "
    "is told, conditions, expiration by lifecycle rules. Stored and given back, not carried out: "
    "transitions, logging, acceleration, website; bytes are not encrypted",
    "cloudformation": "the engine is ministack's, the types of resources are ours: see their list",
    "dynamodb": "the last half second is lost by a kill, as of all of ministack's but buckets",
}


def section() -> str:
    """Return the generated part of the README."""
    return "\n".join([_services(), _lists(), _types(), _variables()])


def _services() -> str:
    lines = [
        "| service | operations: ours | ministack's | of AWS | known differences |",
        "|---|---:|---:|---:|---|",
    ]
    ours = {service.name: len(service.operations) for service in OUR_SERVICES}
    for name in sorted({*ours, *MINISTACKS}):
        theirs = _theirs(name)
        count = "REST" if theirs is None else str(len(theirs))
        row = (name, str(ours.get(name, 0)), count, str(len(operations(name))))
        lines.append(f"| {' | '.join(row)} | {DIFFERENCES.get(name, '')} |")
    return "\n".join(lines) + "\n"


def _theirs(name: str) -> frozenset[str] | None:
    own = next((service for service in OUR_SERVICES if service.name == name), None)
    if own is not None and not own.passes_on:
        return frozenset()
    named = named_operations(MINISTACKS[name])
    return named if named is None or own is None else named - set(own.operations)


def _lists() -> str:
    lines = []
    for service in sorted(OUR_SERVICES, key=lambda each: each.name):
        lines.append(f"**{service.name}**, ours: {', '.join(sorted(service.operations))}.\n")
        if not service.passes_on:
            missing = sorted(operations(service.name) - set(service.operations))
            lines.append(f"Refused as NotImplementedException: {', '.join(missing)}.\n")
    for name in MINISTACKS:
        if theirs := _theirs(name):
            lines.append(f"**{name}**, ministack's: {', '.join(sorted(theirs))}.\n")
    refused = ", ".join(sorted(set(refused_operations().values())))
    lines.append(f"**s3**, refused as NotImplemented: {refused}.\n")
    return "\n".join(lines)


def _types() -> str:
    lines = ["| type of a stack's resource | properties that are read | refused in them |"]
    lines.append("|---|---|---|")
    for name, resource in sorted(TYPES.items()):
        refused = ", ".join(resource.refused)
        lines.append(f"| {name} | {', '.join(sorted(resource.properties))} | {refused} |")
    return "\n".join(lines) + "\n"


def _variables() -> str:
    lines = ["| environment variable | default | what |", "|---|---|---|"]
    lines += [f"| `{each.name}` | {each.default} | {each.what} |" for each in VARIABLES]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the generated part into the README, between its two marks."""
    head, _, rest = README.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    README.write_text(f"{head}{BEGIN}\n{section()}\n{END}{tail}")


if __name__ == "__main__":
    main()
