"""One PyFlink environment a kernel, as Zeppelin has it: ``st_env`` and ``s_env``."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from flink_notes import java
from helpers.errors import InputError
from helpers.paths import PROJECT

DATABASE: Final = "db_commerce"
CONNECTOR: Final = PROJECT / "connector" / "target" / "kinesis-table-connector.jar"

_LEAST_JAVA: Final = 17
# One compiler and one collector thread: half the CPU of the JVM's own choice for a note.
JVM: Final = "-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
_LOOPBACK: Final = (
    "rest.address",
    "rest.bind-address",
    "jobmanager.bind-host",  # of the server for jars as well
    "taskmanager.bind-host",
)
SETTINGS: Final = {
    "parallelism.default": "1",
    "table.local-time-zone": "UTC",
    "metrics.fetcher.update-interval": "500 ms",  # the counters that %flink.jobs shows
    "web.refresh-interval": "100 ms",  # how old the states of tasks may be
    **dict.fromkeys(_LOOPBACK, "127.0.0.1"),
}

_SETTLED: Final[set[int]] = set()


class Environments(NamedTuple):
    """The two sides of one Flink: tables and streams."""

    st_env: Any
    s_env: Any


@cache
def environments() -> Environments:
    """Start Flink in this process's own JVM; the same at every call.

    Streaming mode, time zone UTC, the Kinesis connector on the class path, the
    current database `DATABASE` of the catalog in memory. Nothing listens outside
    the loopback. The JVM ends with the process.

    Returns
    -------
    Environments
        ``st_env`` (`pyflink.table.StreamTableEnvironment`) and ``s_env``
        (`pyflink.datastream.StreamExecutionEnvironment`).

    Raises
    ------
    InputError
        Where Java or the connector is missing, or ``FLINK_ENV_JAVA_OPTS`` is set.
    """
    if not CONNECTOR.exists():
        raise InputError(f"{CONNECTOR.relative_to(PROJECT)} is not built: run `make connector`.")
    _prepare_jvm()
    from pyflink.common import Configuration  # noqa: PLC0415
    from pyflink.datastream import StreamExecutionEnvironment  # noqa: PLC0415
    from pyflink.table import EnvironmentSettings, StreamTableEnvironment  # noqa: PLC0415

    configuration = Configuration()
    for name, value in {**SETTINGS, "pipeline.jars": CONNECTOR.as_uri()}.items():
        configuration.set_string(name, value)
    s_env = StreamExecutionEnvironment.get_execution_environment(configuration)
    settings = EnvironmentSettings.new_instance().in_streaming_mode()
    st_env = StreamTableEnvironment.create(
        s_env, settings.with_configuration(configuration).build()
    )
    st_env.execute_sql(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    st_env.use_database(DATABASE)
    java.keep_to_one_thread()
    return Environments(st_env, s_env)


def settle_thread() -> None:
    """Let the planner run in the thread of the JVM that answers this one.

    Flink's planner keeps a provider in the thread that made the environment. An
    interrupted call loses its connection, and the next connection has another
    thread; making any environment there puts the provider in it.
    """
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415
    from pyflink.table import EnvironmentSettings, TableEnvironment  # noqa: PLC0415

    java.release()
    thread = get_gateway().jvm.java.lang.Thread.currentThread().getId()
    if thread not in _SETTLED:
        TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        _SETTLED.add(thread)


def _prepare_jvm() -> None:
    if "FLINK_ENV_JAVA_OPTS" in os.environ:
        raise InputError(
            "FLINK_ENV_JAVA_OPTS is set and would replace options that Flink needs: unset it and "
            "put yours into JVM_ARGS."
        )
    os.environ.setdefault("JVM_ARGS", JVM)
    # PyFlink would serve its Python workers on every address of the machine.
    os.environ["_python_worker_execution_mode"] = "process"  # noqa: SIM112
    _check_java()


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    place = f"JAVA_HOME={home}" if home else "the PATH"
    advice = f"install a JDK {_LEAST_JAVA} (openjdk-{_LEAST_JAVA}-jdk, or conda's openjdk)."
    if java is None:
        raise InputError(f"There is no Java in {place}: {advice}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if version is None or int(version[1]) < _LEAST_JAVA:
        first = said.strip().partition("\n")[0]
        raise InputError(f"Flink needs Java {_LEAST_JAVA}; {place} has {first}: {advice}")
