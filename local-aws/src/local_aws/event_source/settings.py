"""What a mapping is set to: defaults, and the documents that Lambda shows and keeps."""

from typing import Any, NamedTuple

Document = dict[str, Any]
"""A mapping as GetEventSourceMapping tells it."""

DEFAULTS: Document = {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}
OPTIONAL = ("FilterCriteria", "MetricsConfig")
"""What is told only where it was set."""


class Settings(NamedTuple):
    """A mapping's settings, as delivery needs them."""

    batch_size: int
    window_s: int
    bisect: bool
    reports_failures: bool
    max_attempts: int | None
    """Invocations of one batch that may fail; None for no limit."""
    max_age_s: int | None
    lanes: int
    """Batches of a shard that may be at work at once."""
    tumbling_s: int
    destination: str | None
    """The ARN that gets what is given up."""
    patterns: tuple[str, ...]
    counts_events: bool


def settings_of(document: Document) -> Settings:
    """Read a mapping's document."""
    retries, age = document["MaximumRetryAttempts"], document["MaximumRecordAgeInSeconds"]
    filters = document.get("FilterCriteria", {}).get("Filters", [])
    return Settings(
        batch_size=document["BatchSize"],
        window_s=document["MaximumBatchingWindowInSeconds"],
        bisect=document["BisectBatchOnFunctionError"],
        reports_failures="ReportBatchItemFailures" in document["FunctionResponseTypes"],
        max_attempts=None if retries < 0 else retries + 1,
        max_age_s=None if age < 0 else age,
        lanes=document["ParallelizationFactor"],
        tumbling_s=document["TumblingWindowInSeconds"],
        destination=document["DestinationConfig"]["OnFailure"].get("Destination"),
        patterns=tuple(each["Pattern"] for each in filters if "Pattern" in each),
        counts_events="EventCount" in document.get("MetricsConfig", {}).get("Metrics", []),
    )
