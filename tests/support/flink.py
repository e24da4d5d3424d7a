"""One JVM for all tests that need Flink: it takes seconds to start."""

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from flink_notes.environment import JVM, SETTINGS
from support import tables

SLOTS = 24


@pytest.fixture(scope="session")
def jvm(local_aws: str) -> None:
    """Start the JVM with an environment that points at the local AWS, as a kernel's does."""
    from pyflink.java_gateway import get_gateway

    with pytest.MonkeyPatch.context() as patch:
        # FLINK_ENV_JAVA_OPTS would replace Flink's own.
        patch.setenv("JVM_ARGS", os.environ.get("JVM_ARGS", JVM))
        patch.setenv("AWS_ENDPOINT_URL", local_aws)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        # A job of its own class path would load the AWS SDK anew, twice.
        patch.setenv("FLINK_TESTING", "1")
        patch.setenv("FLINK_TEST_LIBS", str(tables.JAR))
        get_gateway()


@pytest.fixture(scope="session")
def cluster(jvm: None) -> Iterator[str]:
    """One little cluster for all jobs of `table_environment`: each alone takes seconds to start."""
    from pyflink.java_gateway import get_gateway

    flink = get_gateway().jvm.org.apache.flink
    configuration = flink.configuration.Configuration()
    for name, value in (SETTINGS | {"rest.port": "0"}).items():
        configuration.setString(name, value)
    package = flink.runtime.minicluster
    builder = getattr(package, "MiniClusterConfiguration$Builder")()
    builder.setConfiguration(configuration).setNumSlotsPerTaskManager(SLOTS)
    mini = package.MiniCluster(builder.build())
    mini.start()
    tables.CLUSTER.update(
        {
            "execution.target": "remote",
            "rest.address": "127.0.0.1",
            "rest.port": str(mini.getRestAddress().get().getPort()),
        }
    )
    yield mini.getRestAddress().get().toString()
    tables.CLUSTER.clear()
    mini.close()


@pytest.fixture
def jobs(cluster: str) -> Iterator[list[Any]]:
    """The clients of the jobs that a test began: those that still run are cancelled at its end."""
    begun: list[Any] = []
    yield begun
    for job in begun:
        if not job.get_job_status().result().is_globally_terminal_state():
            job.cancel().result()


@pytest.fixture
def run(jobs: list[Any]) -> Callable[[Any, str], Any]:
    """Submits statements whose jobs end with the test."""

    def submit(environment: Any, statement: str) -> Any:
        result = environment.execute_sql(statement)
        jobs.append(result.get_job_client())
        return result

    return submit


@pytest.fixture(scope="session")
def shell() -> Iterator[Any]:
    """A shell with the magics; what a kernel is without its messages."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "flink_notes")
    yield shell
    shell.run_line_magic("flink.cancel", "")
    InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell: Any) -> Callable[[str], Any]:
    """Runs a cell; gives its success, the texts that it shows, and its error."""
    from IPython.utils.capture import capture_output

    def run(source: str, **values: object) -> Any:
        shell.user_ns.update(values)
        with capture_output() as captured:
            result = shell.run_cell(source)
        final = [output.data for output in captured.outputs if not output.update]
        shown = [data["text/plain"] for data in final]
        return SimpleNamespace(
            error=result.error_in_exec,
            result=result.result,
            text=captured.stdout + "\n".join(text for text in shown if text),
            html="".join(data.get("text/html", "") for data in final),
        )

    return run
