"""The jobs that a note has submitted, by name."""

import time
from datetime import datetime
from typing import Final

from flink_notes.changelog import Row
from flink_notes.failures import FlinkError
from flink_notes.job import COUNTERS, POLL_SECONDS, Job
from helpers.errors import InputError
from helpers.interrupts import held
from helpers.names import nearest

_COUNTERS_SECONDS: Final = 1  # the cluster asks its tasks every half second


class Jobs:
    """The jobs of one kernel, by name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def check_free(self, name: str) -> None:
        """Make sure that no job of a name runs.

        Parameters
        ----------
        name : str

        Raises
        ------
        InputError
            Where one does: run twice, a paragraph would write everything twice.
        """
        if name in self._jobs and not self._jobs[name].ended:
            raise InputError(
                f"A job {name} is running already: `%flink.cancel {name}` stops it; another one "
                "needs another name (SET 'pipeline.name' = '…')."
            )

    def add(self, job: Job) -> None:
        """Keep a job."""
        self._jobs[job.name] = job

    def cancel(self, name: str | None = None) -> list[str]:
        """Cancel one job, or all that run.

        Parameters
        ----------
        name : str, optional

        Returns
        -------
        list of str
            The names of those that ran.

        Raises
        ------
        InputError
            Where there is no job of that name.
        """
        asked = [self._named(name)] if name is not None else list(self._jobs.values())
        running = [job for job in asked if not job.ended]
        with held():
            for job in running:
                job.cancel()
        return [job.name for job in running]

    def counters(self, name: str, at_least: int, seconds: float) -> dict[str, int]:
        """Give a job's counters, once it has taken in so many records.

        Parameters
        ----------
        name : str
        at_least : int
            Records, dead letters among them.
        seconds : float
            How long to wait for them.

        Returns
        -------
        dict of str to int
            As `Job.counters`.

        Raises
        ------
        InputError
            Where there is no such job, it has ended, or has not taken in so many.
        """
        job = self._named(name)
        deadline = time.monotonic() + seconds
        while counts := job.counters():
            taken = counts["read"] + counts["not decoded"]
            if taken >= at_least:
                time.sleep(_COUNTERS_SECONDS)  # the tasks behind count the last of them too
                return job.counters() or counts
            if time.monotonic() > deadline:
                trouble = job.trouble()
                hint = f"{trouble}" if trouble else "give it longer, or look at %flink.jobs."
                raise InputError(
                    f"The job {name} has taken in {taken:,} of {at_least:,} records in "
                    f"{seconds:g} s: {hint}"
                )
            time.sleep(POLL_SECONDS)
        raise InputError(f"The job {name} counts nothing any more: it is {job.state}.")

    def wait_for_event_time(self, name: str, moment: datetime, seconds: float) -> None:
        """Wait until a job's event time is past a moment.

        Parameters
        ----------
        name : str
        moment : datetime
            UTC, without a zone.
        seconds : float
            How long to wait.

        Raises
        ------
        InputError
            Where there is no such job, it has ended, or its time does not come so far.
        """
        job = self._named(name)
        deadline = time.monotonic() + seconds
        while (at := job.event_time()) is None or at < moment:
            if job.ended:
                raise InputError(f"The job {name} waits for nothing any more: it is {job.state}.")
            if time.monotonic() > deadline:
                raise InputError(
                    f"The event time of the job {name} is {at or 'not known yet'} after "
                    f"{seconds:g} s, before {moment}: a shard may hold it back; give it longer."
                )
            time.sleep(POLL_SECONDS)
        time.sleep(_COUNTERS_SECONDS)  # what the last watermark has fired is written by then

    def news(self) -> list[FlinkError]:
        """Give what failed, or was begun anew after a failure, since it was last asked for."""
        return [news for job in self._jobs.values() if (news := job.news())]

    def table(self) -> tuple[list[str], list[Row]]:
        """List the jobs with id, state and counters.

        Returns
        -------
        tuple of (list of str, list of tuple)
            Headings, and a row a job; a job that has ended counts no records.
        """
        rows: list[Row] = []
        for job in self._jobs.values():
            counters = job.counters()
            counted = [counters.get(name) for name in COUNTERS]
            rows.append((job.name, job.id, job.state, *counted, job.restarts))
        return ["job", "id", "state", *COUNTERS, "restarts"], rows

    def _named(self, name: str) -> Job:
        if name not in self._jobs:
            hint = nearest(name, self._jobs) if self._jobs else "no job was submitted"
            raise InputError(f"There is no job {name}: {hint}.")
        return self._jobs[name]
