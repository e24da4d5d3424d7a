"""The log of an execution environment: a stream of CloudWatch Logs, in text or JSON."""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

from local_aws.functions.function import Function
from local_aws.functions.output import LogLine
from local_aws.ministack.foreign import logs
from local_aws.tenant import request_scope


class Report(NamedTuple):
    """What the service tells of an invocation."""

    request_id: str
    duration_ms: float
    memory_used_mb: int
    init_ms: float | None
    """None where the environment was warm."""
    status: str
    """success, error, or timeout."""
    error_type: str | None


class Log:
    """One log stream; written by one thread at a time.

    Parameters
    ----------
    function : Function
        Whose group and format.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        self.stream = f"{day}/[{function.version}]{uuid.uuid4().hex}"
        self.tail: list[str] = []
        """The lines of the present invocation."""
        self._made = False

    def write(self, lines: list[LogLine]) -> None:
        """Put lines into the stream, made together with its group where missing."""
        self.tail += [text for _, text in lines]
        where = {"logGroupName": self._function.log_group, "logStreamName": self.stream}
        tenant = self._function.tenant
        with request_scope(tenant.account, tenant.region):
            if not self._made:
                logs._create_log_group({"logGroupName": self._function.log_group})
                logs._create_log_stream(where)
                self._made = True
            events = [{"timestamp": at, "message": text} for at, text in lines]
            logs._put_log_events(where | {"logEvents": events})

    def init_start(self, version: str) -> None:
        """Tell that an environment is being made."""
        text = f"INIT_START Runtime Version: python:{version}"
        record = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": version}
        self._platform([text], "platform.initStart", record)

    def start(self, request_id: str) -> None:
        """Tell that an invocation begins."""
        self.tail = []
        version = self._function.version
        text = f"START RequestId: {request_id} Version: {version}"
        self._platform([text], "platform.start", {"requestId": request_id, "version": version})

    def end(self, report: Report) -> None:
        """Tell that an invocation is over, and what it took."""
        billed = int(report.duration_ms + (report.init_ms or 0)) + 1
        metrics: dict[str, Any] = {
            "durationMs": round(report.duration_ms, 2),
            "billedDurationMs": billed,
            "memorySizeMB": self._function.memory_mb,
            "maxMemoryUsedMB": report.memory_used_mb,
        }
        parts = [
            f"REPORT RequestId: {report.request_id}",
            f"Duration: {report.duration_ms:.2f} ms",
            f"Billed Duration: {billed} ms",
            f"Memory Size: {self._function.memory_mb} MB",
            f"Max Memory Used: {report.memory_used_mb} MB",
        ]
        record = {"requestId": report.request_id, "metrics": metrics, "status": report.status}
        if report.init_ms is not None:
            metrics["initDurationMs"] = round(report.init_ms, 2)
            parts.append(f"Init Duration: {report.init_ms:.2f} ms")
        if report.error_type:
            record["errorType"] = report.error_type
            parts.append(f"Status: {report.status}")
            if report.status == "error":
                parts.append(f"Error Type: {report.error_type}")
        lines = [f"END RequestId: {report.request_id}", "\t".join(parts) + "\t"]
        self._platform(lines, "platform.report", record)

    def say(self, text: str) -> None:
        """Write a line of the service's own that every level keeps."""
        self.write([(int(time.time() * 1000), text)])

    def _platform(self, texts: list[str], kind: str, record: dict[str, Any]) -> None:
        if not self._function.logs_platform:
            return
        now = time.time()
        if self._function.logs_json:
            at = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            event = {"time": at.replace("+00:00", "Z"), "type": kind, "record": record}
            texts = [json.dumps(event)]
        self.write([(int(now * 1000), text) for text in texts])
