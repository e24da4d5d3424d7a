"""Runs an application's Python up to its job, plans that, and runs nothing.

``python -m flink_notes.application.planner FOLDER MAIN JAR PLAN``, in a process of its own: the
unpacked archive, its file to run, its jar, and where the plan is written. What the runtime would
not let the application do is refused as the runtime does it.
"""

import builtins
import io
import json
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from flink_notes import failures
from flink_notes.application import runtime
from flink_notes.environment import JVM
from helpers.stream_app import properties

_SERVICE_PROPERTIES: Final = "/etc/flink/application_properties.json"


class RefusedError(Exception):
    """What the runtime does not let an application do."""


class Submitted:
    """Stands for the result of a job that was not started."""

    def wait(self, *_: object) -> None:
        """Refuse: the service would, and leave the job running."""
        raise RefusedError("it waits for its job, which the service refuses: leave `.wait()` out")

    def __getattr__(self, name: str) -> Any:
        raise RefusedError(f"it asks its job for `{name}`, and the service gives no rows")


def main(folder: str, program: str, jar: str, target: str) -> None:
    """Plan the application and write its plan and key groups as JSON."""
    os.environ.setdefault("JVM_ARGS", JVM)
    os.environ["_python_worker_execution_mode"] = "process"  # noqa: SIM112
    os.environ.pop("IS_LOCAL", None)
    _redirect(Path(folder) / properties.FILE)
    planned: list[Any] = []
    _guard((Path(folder) / jar).as_uri(), planned)
    sys.path.insert(0, folder)
    try:
        runpy.run_path(str(Path(folder) / program), run_name="__main__")
    except failures.RAISED as error:
        raise RefusedError(failures.read(error).said) from error
    if not planned:
        raise RefusedError("it submits no job: nothing is written anywhere")
    Path(target).write_text(json.dumps(planned[0]))


def _redirect(path: Path) -> None:
    """Let the program find its properties where the service puts them."""
    opened = io.open

    def found(file: Any, *args: Any, **kwargs: Any) -> Any:
        name = os.fspath(file) if isinstance(file, str | os.PathLike) else None
        return opened(path if name == _SERVICE_PROPERTIES else file, *args, **kwargs)

    builtins.open = io.open = found


def _guard(jar: str, planned: list[Any]) -> None:
    from pyflink.common import Configuration  # noqa: PLC0415
    from pyflink.datastream import StreamExecutionEnvironment  # noqa: PLC0415
    from pyflink.table import StatementSet, TableConfig, TableEnvironment  # noqa: PLC0415

    made, configured = TableEnvironment.__init__, TableConfig.set
    executed = TableEnvironment.execute_sql
    environment = StreamExecutionEnvironment.get_execution_environment

    def with_jar(self: Any, j_tenv: Any) -> None:
        made(self, j_tenv)
        configured(self.get_config(), "pipeline.jars", jar)

    def checked_set(self: Any, key: str, value: str) -> Any:
        if key not in runtime.SETTINGS:
            raise RefusedError(_not_allowed(key))
        return configured(self, key, value)

    def checked_environment(configuration: Configuration | None = None) -> Any:
        for key in configuration.to_dict() if configuration else ():
            if key not in runtime.SETTINGS:
                raise RefusedError(_not_allowed(key))
        return environment(configuration) if configuration else environment()

    def submit(plan: Any, j_tenv: Any) -> Submitted:
        if planned:
            raise RefusedError("it submits a second job: put every INSERT into one statement set")
        config = j_tenv.getConfig()
        options = dict(config.getRootConfiguration().toMap()) | dict(
            config.getConfiguration().toMap()
        )
        text = plan.as_json_string()
        planned.append(
            {
                "plan": json.loads(text),
                "options": options,
                "operators": operator_ids(j_tenv, text),
            }
        )
        return Submitted()

    def execute(self: Any) -> Submitted:
        return submit(self.compile_plan(), self._t_env._j_tenv)

    def execute_sql(self: Any, stmt: str) -> Any:
        from flink_notes import operations  # noqa: PLC0415

        (operation,) = self._j_tenv.getParser().parse(stmt)
        if operations.writes(operation):
            return submit(self.compile_plan_sql(stmt), self._j_tenv)
        if operations.is_query(operation):
            raise RefusedError("it runs a query whose rows nobody takes: write INSERT")
        return executed(self, stmt)

    TableEnvironment.__init__ = with_jar
    TableEnvironment.execute_sql = execute_sql
    TableConfig.set = checked_set
    StatementSet.execute = execute
    StreamExecutionEnvironment.get_execution_environment = staticmethod(checked_environment)
    for name, what in runtime.CONFIGURED.items():
        setattr(StreamExecutionEnvironment, name, _refusing(name, what))
    for name in ("execute", "execute_async"):
        setattr(StreamExecutionEnvironment, name, _unplanned)


def operator_ids(j_tenv: Any, plan: str) -> list[str]:
    """Give the ids by which the operators of a compiled plan find their state."""
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    planner = j_tenv.getPlanner()
    reference = get_gateway().jvm.org.apache.flink.table.api.PlanReference.fromJsonString(plan)
    translated = planner.translatePlan(planner.loadPlan(reference))
    job = j_tenv.execEnv().generateStreamGraph(translated).getJobGraph()
    pairs = (pair for vertex in job.getVerticesAsArray() for pair in vertex.getOperatorIDs())
    return [
        str(pair.getUserDefinedOperatorID().orElse(pair.getGeneratedOperatorID())) for pair in pairs
    ]


def _not_allowed(key: str) -> str:
    return f"'{key}' is set in code, and the runtime {runtime.NAME} ends with an exception"


def _refusing(name: str, what: str) -> Callable[..., Any]:
    def refuse(*_: object, **__: object) -> None:
        raise RefusedError(
            f"`{name}` sets {what} in code: that belongs to the application's configuration"
        )

    return refuse


def _unplanned(*_: object, **__: object) -> None:
    raise RefusedError("a job of the DataStream API cannot be planned here: write it as SQL")


if __name__ == "__main__":
    main(*sys.argv[1:])
