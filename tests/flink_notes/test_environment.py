"""What keeps Flink from starting is said before a JVM is."""

import pytest

from flink_notes import environment
from helpers.errors import InputError


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("FLINK_ENV_JAVA_OPTS", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("JVM_ARGS", "-Xmx64m")
    monkeypatch.setattr(environment, "CONNECTOR", environment.PROJECT / "README.md")


def java(folder, text):
    (folder / "bin").mkdir()
    script = folder / "bin" / "java"
    script.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    script.chmod(0o755)


def said():
    with pytest.raises(InputError) as caught:
        environment.environments.__wrapped__()  # another test of this process may have begun one
    return str(caught.value)


def test_missing_connector_names_the_command(monkeypatch):
    monkeypatch.setattr(environment, "CONNECTOR", environment.PROJECT / "none.jar")
    assert said() == "none.jar is not built: run `make connector`."


def test_options_that_would_replace_flinks_own_are_refused(monkeypatch):
    monkeypatch.setenv("FLINK_ENV_JAVA_OPTS", "-Xmx1g")
    assert "FLINK_ENV_JAVA_OPTS is set" in said()


def test_missing_java_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert f"There is no Java in JAVA_HOME={tmp_path}: install a JDK 17" in said()


def test_old_java_is_named(monkeypatch, tmp_path):
    java(tmp_path, 'openjdk version "11.0.2" 2019-01-15')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "Flink needs Java 17; JAVA_HOME=" in said()
