"""One run of a job, from STARTING to its end, in a worker thread and in the job's role."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from local_aws import objects
from local_aws.databrew import notices, output, recipes, resources
from local_aws.databrew.errors import JobError
from local_aws.databrew.profile.work import Profile, written
from local_aws.databrew.recipe.carry_out import carried_out
from local_aws.databrew.relation import opened
from local_aws.databrew.store import Document, Store
from local_aws.engine.context import Context, QueryCancelledError, QueryError
from local_aws.engine.database import shared
from local_aws.folder import DataFolder
from local_aws.iam import decisions
from local_aws.tenant import Tenant, request_scope
from local_aws.trino.errors import TrinoError

log = logging.getLogger("local_aws.databrew")

DATABREW = "databrew.amazonaws.com"
VERSION = "1.0"
INTERRUPT_EVERY_S = 0.02


@dataclass
class Active:
    """A run that waits or goes on: whose, of which job, what is told of it, and what ends it."""

    tenant: Tenant
    job: Document
    run: Document
    save: Callable[[], None]
    context: Context | None = None
    ended_as: str = ""
    finished: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, state: str) -> None:
        """Ask it to end as STOPPED or TIMEOUT; returns at once."""
        with self.lock:
            if self.ended_as or "CompletedOn" in self.run:
                return
            self.ended_as = state
            self.run["State"] = "STOPPING"
            self.save()
        threading.Thread(target=self._interrupt, daemon=True).start()

    def begin(self) -> None:
        """Note that it runs, unless it was asked to end before."""
        with self.lock:
            if not self.ended_as:
                self.run["State"] = "RUNNING"
                self.save()

    def end(self, state: str, reason: str) -> None:
        """Note what it came to."""
        with self.lock:
            self.run |= {"State": state, "CompletedOn": time.time()}
            self.run["ExecutionTime"] = round(self.run["CompletedOn"] - self.run["StartedOn"])
            if state == "FAILED":
                self.run["ErrorMessage"] = reason
            self.save()

    def _interrupt(self) -> None:
        # again and again, because DuckDB forgets an interrupt that comes between two statements
        while not self.finished.wait(INTERRUPT_EVERY_S):
            if (context := self.context) is not None:
                context.cancel()

    def check_stopped(self) -> None:
        """Raise `QueryCancelledError` once it was asked to end."""
        if self.ended_as:
            raise QueryCancelledError("")


class Worker:
    """Runs jobs on one database.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    store : Store
        Datasets, rulesets and recipes.
    """

    def __init__(self, folder: DataFolder, store: Store) -> None:
        self._store = store
        self._scratch = folder.scratch / "databrew"
        self._database = shared(folder)

    def run(self, active: Active) -> None:
        """Run one job; whatever happens is in its run afterwards."""
        run = active.run
        scratch = self._scratch / run["RunId"]
        state, reason = "SUCCEEDED", ""
        with request_scope(active.tenant.account, active.tenant.region):
            try:
                active.check_stopped()
                self._carry_out(active, scratch)
            except QueryCancelledError:
                state = active.ended_as
            except duckdb.Error as error:
                state, reason = active.ended_as or "FAILED", self._told(error)
                if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                    log.exception("DuckDB gave up")
                    self._database.discard()
            except (JobError, QueryError, TrinoError) as error:
                state, reason = "FAILED", str(error)
            except decisions.AccessDeniedError as denied:
                state, reason = "FAILED", f"The role of the job was denied: {denied.message}"
            except Exception as error:
                log.exception("the job run %s failed inside the local DataBrew", run["RunId"])
                state, reason = "FAILED", self._told(error)
            finally:
                context, active.context = active.context, None
                if context is not None:
                    context.connection.close()
                shutil.rmtree(scratch, ignore_errors=True)
            active.end(state, reason)
            notices.of_state(run)

    def _told(self, error: Exception) -> str:
        return objects.with_addresses(str(error)).replace(f"{self._scratch}/", "")

    def _carry_out(self, active: Active, scratch: Path) -> None:
        job, run, tenant = active.job, active.run, active.tenant
        context = self._context(active, scratch)
        if active.ended_as:
            context.cancel()
        active.context = context
        active.begin()
        dataset = resources.found(self._store, tenant, "dataset", job["DatasetName"])
        place = {"aws:SourceAccount": tenant.account, "aws:SourceArn": job["ResourceArn"]}
        session = decisions.assume(job["RoleArn"], DATABREW, run["RunId"][:64], place)
        with decisions.in_session(session):
            if job["Type"] == "PROFILE":
                self._profile(active, context, dataset)
            else:
                relation = opened(context, dataset, None)
                steps = recipes.steps_of(self._store, tenant, job["RecipeReference"])
                made = carried_out(context, relation, steps)
                run["Outputs"] = output.write(context, made, job, run)

    def _profile(self, active: Active, context: Context, dataset: Document) -> None:
        job, run = active.job, active.run
        relation = opened(context, dataset, job["JobSample"].get("Size"))
        profile = Profile(context, relation, job.get("ProfileConfiguration", {}))
        location = job["Outputs"][0]["Location"]
        prefix = f"{output.folder(location)}{dataset['Name']}_{run['RunId'].removeprefix('db_')}"
        files = {f"{prefix}.json": profile.told()}
        names = [each["RulesetArn"] for each in job.get("ValidationConfigurations", [])]
        rulesets = [
            resources.found(self._store, active.tenant, "ruleset", arn.rpartition("/")[2])
            for arn in names
        ]
        report_key = f"{prefix}_dq-validation-report.json"
        if rulesets:
            files[report_key] = profile.judged(rulesets)
        for key, told in files.items():
            whole = told | {
                "jobName": job["Name"],
                "jobRunId": run["RunId"],
                "location": f"s3://{location['Bucket']}/{key}",
                "startedOn": _moment(run["StartedOn"]),
                "writtenOn": _moment(time.time()),
                "version": VERSION,
            }
            output.put_text(context, location, key, written(whole))
        run["Outputs"] = [{"Location": {**location, "Key": key}} for key in files]
        for result in files.get(report_key, {}).get("rulesetResults", []):
            address = f"s3://{location['Bucket']}/{report_key}"
            notices.of_ruleset(run, result, address)

    def _context(self, active: Active, scratch: Path) -> Context:
        scratch.mkdir(parents=True)
        return Context(
            query_id=active.run["RunId"],
            tenant=active.tenant,
            workgroup="",
            catalog="awsdatacatalog",
            database="default",
            output_prefix=None,
            parameters=[],
            connection=self._database.connect(),
            scratch=scratch,
            prepared=_NothingPrepared(),
        )


class _NothingPrepared:
    """The prepared statements of a job: there are none, and none are kept."""

    def find(self, name: str) -> str | None:
        """Return none."""
        return None

    def keep(self, name: str, sql: str) -> None:
        """Refuse: a job's statements are SELECTs."""
        raise NotImplementedError(name)

    def forget(self, name: str) -> bool:
        """Return that there was none."""
        return False


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
