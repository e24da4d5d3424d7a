"""Table environments with the connector, and tables of it."""

from pathlib import Path
from typing import Any

import pytest

from support.streams import Stream

JAR = Path(__file__).parents[2] / "connector" / "target" / "kinesis-table-connector.jar"

CLUSTER: dict[str, str] = {}  # where jobs run; empty is a cluster for each in this process
CREDENTIALS = {
    "aws.credentials.provider": "BASIC",
    "aws.credentials.basic.accesskeyid": "test",
    "aws.credentials.basic.secretkey": "test",
}

POLLED: dict[str, str] = {}
PUSHED = {"source.reader.type": "EFO", "source.efo.consumer.name": "pushed"}


def table_environment(parallelism: int, **settings: str) -> Any:
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import EnvironmentSettings, StreamTableEnvironment

    if not JAR.exists():
        pytest.fail(f"{JAR} is not built: run make connector")
    configuration = Configuration()
    configuration.set_string("parallelism.default", str(parallelism))
    configuration.set_string("table.local-time-zone", "UTC")
    for key, value in (CLUSTER or {"pipeline.jars": JAR.as_uri()}).items():
        configuration.set_string(key, value)
    for key, value in settings.items():
        configuration.set_string(key.replace("__", "-").replace("_", "."), value)
    return StreamTableEnvironment.create(
        StreamExecutionEnvironment.get_execution_environment(configuration),
        EnvironmentSettings.new_instance()
        .in_streaming_mode()
        .with_configuration(configuration)
        .build(),
    )


def checkpointed(checkpoints: str, **settings: str) -> Any:
    """Make an environment whose jobs leave their checkpoints behind when they end."""
    return table_environment(
        2,
        execution_checkpointing_interval="300 ms",
        execution_checkpointing_dir=checkpoints,
        execution_checkpointing_externalized__checkpoint__retention="RETAIN_ON_CANCELLATION",
        **settings,
    )


def create_table(
    environment: Any, name: str, columns: str, options: dict[str, str], partitioned_by: str = ""
) -> None:
    lines = ",\n".join(f"'{key}' = '{value}'" for key, value in options.items())
    by = f"PARTITIONED BY ({partitioned_by})" if partitioned_by else ""
    environment.execute_sql(
        f"CREATE TABLE {name} ({columns}) {by} "
        f"WITH ('connector' = 'kinesis', 'format' = 'json', {lines})"
    )


def source_options(endpoint: str, stream: Stream, **options: str) -> dict[str, str]:
    return {
        "stream.arn": stream.arn,
        "aws.endpoint": endpoint,
        **CREDENTIALS,
        "source.init.position": "TRIM_HORIZON",
        **options,
    }


def sink_options(endpoint: str, stream: Stream) -> dict[str, str]:
    return {
        "stream.arn": stream.arn,
        "aws.endpoint": endpoint,
        **CREDENTIALS,
        "sink.flush-buffer.timeout": "100",
    }
