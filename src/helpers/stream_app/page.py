"""Flink's own page of a running application, read through the URL that the service signs."""

import json
import time
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from helpers.errors import ServiceError
from helpers.stream_app import service

_SECONDS: Final = 10
_BEGUN_ANEW_S: Final = 60
"""So long a JobManager that is started again does not answer behind the service."""


class Page:
    """One session with Flink's REST API.

    Parameters
    ----------
    name : str
        Of an application that runs.

    Raises
    ------
    ServiceError
        Where it does not run, or AWS does not answer.
    """

    def __init__(self, name: str) -> None:
        said = service.call(
            "create_application_presigned_url", ApplicationName=name, UrlType="FLINK_DASHBOARD_URL"
        )
        address, _, self._token = said["AuthorizedUrl"].partition("?")
        self._address = address.rstrip("/")
        self._name = name

    def get(self, path: str) -> Any:
        """Give the JSON at a path such as ``/jobs``.

        Raises
        ------
        ServiceError
            Where Flink does not answer.
        """
        mark = "&" if "?" in path else "?"
        url = f"{self._address}{path}{mark}{self._token}"
        deadline = time.monotonic() + _BEGUN_ANEW_S
        while True:
            try:
                with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 of the service
                    return json.load(answer)
            except (OSError, ValueError) as error:
                code = getattr(error, "code", None)
                if code != HTTPStatus.BAD_GATEWAY or time.monotonic() > deadline:
                    raise ServiceError(
                        f"Flink's page of {self._name} does not answer: {error}"
                    ) from error
            time.sleep(1)

    def job(self) -> Mapping[str, Any] | None:
        """Describe the application's job; None where it has submitted none."""
        jobs = self.get("/jobs/overview")["jobs"]
        newest = max(jobs, key=lambda job: job["start-time"], default=None)
        return None if newest is None else self.get(f"/jobs/{newest['jid']}")

    def metric(self, job: str, name: str) -> int:
        """Give a metric of a job; 0 where it has none of that name."""
        found = self.get(f"/jobs/{job}/metrics?get={name}")
        return max((int(float(each["value"])) for each in found), default=0)

    def cause(self, job: str) -> str:
        """Say what a job failed with last; empty where it never did."""
        entries = self.get(f"/jobs/{job}/exceptions").get("exceptionHistory", {}).get("entries", ())
        if not entries:
            return ""
        lines = str(entries[0]["stacktrace"]).strip().splitlines()
        causes = [line for line in lines if line.startswith("Caused by: ")] or lines[:1]
        return causes[-1].removeprefix("Caused by: ")
