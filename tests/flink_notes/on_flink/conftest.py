"""These tests need Flink: its JVM starts before the first of them."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def flink(jvm: None) -> None:
    pass
