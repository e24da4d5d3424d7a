"""One JVM for all tests of this folder: it takes seconds to start."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def jvm() -> None:
    """What the JVM of the first test gets: FLINK_ENV_JAVA_OPTS would replace Flink's own."""
    # One compiler and one collector thread: half the CPU of the JVM's own choice for short jobs.
    os.environ.setdefault("JVM_ARGS", "-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1")


@pytest.fixture
def jobs() -> Iterator[list[Any]]:
    """The clients of the jobs that a test began: those that still run are cancelled at its end."""
    from py4j.protocol import Py4JJavaError

    begun: list[Any] = []
    yield begun
    for job in begun:
        try:
            job.cancel().result()
        except Py4JJavaError as error:
            # The little cluster of a job that ended by itself is gone with it.
            if "has already been shut down" not in str(error):
                raise


@pytest.fixture
def run(jobs: list[Any]) -> Callable[[Any, str], Any]:
    """Submits statements whose jobs end with the test."""

    def submit(environment: Any, statement: str) -> Any:
        result = environment.execute_sql(statement)
        jobs.append(result.get_job_client())
        return result

    return submit
