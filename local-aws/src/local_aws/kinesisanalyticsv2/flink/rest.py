"""Flink's REST interface, on the loopback."""

import json
import uuid
from pathlib import Path
from typing import Any, Final

import urllib3

_AT_ONCE: Final = 8
"""Its keeper, its log and figures, and calls of the service ask at the same time."""


class RestError(Exception):
    """Flink refused a request, or nobody answered; the message is what was said."""


class Rest:
    """The REST interface of one JobManager.

    Parameters
    ----------
    port : int
        On 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._pool = urllib3.PoolManager(retries=False, maxsize=_AT_ONCE)

    def get(self, path: str, seconds: float = 10) -> Any:
        """Ask for something."""
        return self._asked("GET", path, None, {}, seconds)

    def post(self, path: str, given: dict[str, Any], seconds: float = 30) -> Any:
        """Let something be done."""
        body = json.dumps(given).encode()
        return self._asked("POST", path, body, {"content-type": "application/json"}, seconds)

    def cancel(self, job: str) -> None:
        """Let a job end without a savepoint."""
        self._asked("PATCH", f"/jobs/{job}?mode=cancel", None, {}, 10)

    def upload(self, jar: Path) -> str:
        """Hand over a jar, and return the id that Flink gives it."""
        fields = {"jarfile": (f"{uuid.uuid4().hex}.jar", jar.read_bytes())}
        body, content_type = urllib3.encode_multipart_formdata(fields)
        answer = self._asked("POST", "/jars/upload", body, {"content-type": content_type}, 60)
        return str(answer["filename"]).rpartition("/")[2]

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> Any:
        try:
            answer = self._pool.request(
                method, self.address + path, body=body, headers=headers, timeout=seconds
            )
        except urllib3.exceptions.HTTPError as error:
            raise RestError(f"Flink does not answer {path}: {error}") from error
        try:
            told = json.loads(answer.data) if answer.data else {}
        except ValueError:
            told = {"errors": [answer.data.decode(errors="replace")]}
        if answer.status >= 400:
            errors = told.get("errors") if isinstance(told, dict) else None
            raise RestError("\n".join(map(str, errors or [answer.status])))
        return told
