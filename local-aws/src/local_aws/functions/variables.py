"""The environment variables of a function's process: Lambda's and its own, nothing else.

The names are those of docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html.
"""

from pathlib import Path
from typing import NamedTuple

from local_aws.functions.function import Function
from local_aws.functions.runtimes import Runtime


class Place(NamedTuple):
    """Where the process finds its code, and whom it calls."""

    runtime: Runtime
    packages: Path
    task: Path
    layers: Path
    endpoint: str
    """The local AWS."""


class Ends(NamedTuple):
    """What the process is connected to."""

    api: str
    """Host and port of its runtime API."""
    logger_pipe: int
    """The file descriptor of its logger."""
    log_stream: str


def variables(function: Function, place: Place, ends: Ends) -> dict[str, str]:
    """Make all variables but the credentials."""
    names = {
        "AWS_DEFAULT_REGION": function.tenant.region,
        "AWS_ENDPOINT_URL": place.endpoint,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{place.runtime.name}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if function.logs_json else "Text",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": ends.log_stream,
        "AWS_LAMBDA_RUNTIME_API": ends.api,
        "AWS_REGION": function.tenant.region,
        "LAMBDA_RUNTIME_DIR": str(place.packages),
        "LAMBDA_TASK_ROOT": str(place.task),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        "_LAMBDA_TELEMETRY_LOG_FD": str(ends.logger_pipe),
    }
    if level := function.application_log_level:
        names["AWS_LAMBDA_LOG_LEVEL"] = level
    return function.variables | names
