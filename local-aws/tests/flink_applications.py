"""What tests of applications share: a small program, and a server that can be killed."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local_aws import testing

ROLE = "arn:aws:iam::000000000000:role/application"
RUN_OPTIONS = "kinesis.analytics.flink.run.options"
LONGEST_S = 240
MAIN = '''
import json
import os
from pathlib import Path

PROPERTIES = json.loads(Path("/etc/flink/application_properties.json").read_text())
GROUPS = {each["PropertyGroupId"]: each["PropertyMap"] for each in PROPERTIES}
given = GROUPS["test"]
print("calls", os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"])

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import EnvironmentSettings, StreamTableEnvironment

streams = StreamExecutionEnvironment.get_execution_environment()
tables = StreamTableEnvironment.create(streams, EnvironmentSettings.in_streaming_mode())
tables.get_config().set("table.exec.uid.generation", "ALWAYS")
if "setting" in given:
    tables.get_config().set(given["setting"], "1")
tables.execute_sql("""CREATE TABLE numbers (n BIGINT) WITH (
    'connector' = 'datagen', 'rows-per-second' = '20',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000')""")
tables.execute_sql(f"""CREATE TABLE kept (n BIGINT) WITH (
    'connector' = 'filesystem', 'path' = '{given["path"]}', 'format' = 'csv')""")
tables.execute_sql("INSERT INTO kept SELECT n FROM numbers")
'''


def archive(main: str | None = MAIN, **files: str | bytes) -> bytes:
    """Pack an application."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writing:
        for name, content in {**({"main.py": main} if main else {}), **files}.items():
            writing.writestr(name, content)
    return packed.getvalue()


def groups(options: dict[str, str] | None = None, **test: str) -> list[dict[str, Any]]:
    """Make the property groups of an application."""
    made = [{"PropertyGroupId": RUN_OPTIONS, "PropertyMap": options or {"python": "main.py"}}]
    if test:
        made.append({"PropertyGroupId": "test", "PropertyMap": test})
    return made


def configuration(key: str = "app.zip", **test: str) -> dict[str, Any]:
    """Make an application's configuration, with checkpoints twice a second."""
    place = {"BucketARN": "arn:aws:s3:::code", "FileKey": key}
    return {
        "ApplicationCodeConfiguration": {
            "CodeContentType": "ZIPFILE",
            "CodeContent": {"S3ContentLocation": place},
        },
        "FlinkApplicationConfiguration": {
            "CheckpointConfiguration": {
                "ConfigurationType": "CUSTOM",
                "CheckpointingEnabled": True,
                "CheckpointInterval": 500,
                "MinPauseBetweenCheckpoints": 100,
            }
        },
        "EnvironmentProperties": {"PropertyGroups": groups(**test)},
    }


def until(
    condition: Callable[[], Any], seconds: float = LONGEST_S, seen: Callable[[], Any] = str
) -> Any:
    """Wait for something that is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(seen())
        time.sleep(0.2)
    return found


@dataclass
class Server:
    """A local AWS that can be killed and started again on the same folder."""

    folder: Path
    options: tuple[str, ...] = ()
    endpoint: str = ""
    process: Any = field(default=None)

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(self.folder)]
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.process = subprocess.Popen(
            [*command, *self.options], stdout=subprocess.PIPE, text=True, env=env
        )
        self.endpoint = self.process.stdout.readline().split()[1]

    def kill(self) -> None:
        """End it as the kernel would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        self.process.terminate()
        self.process.wait(testing.STOP_S)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Make a client of the account's root."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@dataclass
class Application:
    """An application of a server."""

    server: Server
    name: str

    @property
    def api(self) -> Any:
        """A client."""
        return self.server.client("kinesisanalyticsv2")

    def detail(self, **more: Any) -> dict[str, Any]:
        """Describe it."""
        found = self.api.describe_application(ApplicationName=self.name, **more)
        return dict(found["ApplicationDetail"])

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.detail()["ApplicationStatus"])

    @property
    def version(self) -> int:
        """Its version."""
        return int(self.detail()["ApplicationVersionId"])

    def becomes(self, status: str) -> None:
        """Wait for a status; another one that does not change by itself is an error."""
        rest = {"READY", "RUNNING"}
        found = until(lambda: (now := self.status) in rest and now)
        assert found == status, self.operations()

    def operations(self) -> list[dict[str, Any]]:
        """Describe its operations, the newest first."""
        listed = self.api.list_application_operations(ApplicationName=self.name)
        return [
            self.api.describe_application_operation(
                ApplicationName=self.name, OperationId=each["OperationId"]
            )["ApplicationOperationInfoDetails"]
            for each in listed["ApplicationOperationInfoList"]
        ]

    def snapshots(self) -> list[dict[str, Any]]:
        """List its snapshots, the oldest first."""
        found = self.api.list_application_snapshots(ApplicationName=self.name)
        return list(found["SnapshotSummaries"])

    def update(self, **given: Any) -> dict[str, Any]:
        """Update its present version."""
        found = self.api.update_application(
            ApplicationName=self.name, CurrentApplicationVersionId=self.version, **given
        )
        return dict(found)

    def processes(self) -> dict[str, int]:
        """Find its processes: the id by the last part of the main class."""
        import psutil

        found = {}
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if str(self.server.folder) in " ".join(command) and "--configDir" in command:
                main = command[command.index("--configDir") - 1]
                found[main.rpartition(".")[2]] = process.pid
        return found


def messages(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read the records of a log."""
    return [json.loads(event["message"]) for event in events]
