"""pyproject.toml, requirements.lock and environment.yml describe one environment."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCAL_AWS = tomllib.loads((ROOT / "local-aws/pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements() -> list[str]:
    projects = (PYPROJECT["project"], LOCAL_AWS["project"])
    extras = [extra for each in projects for extra in each["optional-dependencies"].values()]
    return [
        *(requirement for each in projects for requirement in each["dependencies"]),
        *(requirement for extra in extras for requirement in extra),
    ]


def _direct_pins() -> dict[str, str]:
    pins: dict[str, str] = {}
    for requirement in _requirements():
        name, version = requirement.split("==")
        assert pins.setdefault(_normal(name.split("[")[0]), version) == version, name
    return pins


def _locked_pins() -> dict[str, str]:
    lines = [line.split(" ;")[0] for line in LOCK.splitlines() if line and line[0] != "#"]
    return {
        _normal(name.split("[")[0]): version for name, version in (p.split("==") for p in lines)
    }


def test_every_direct_dependency_is_locked_at_the_same_version() -> None:
    locked = _locked_pins()
    assert {name: locked.get(name) for name in _direct_pins()} == _direct_pins()


def test_lock_names_no_package_host() -> None:
    assert "://" not in LOCK
    assert "--" not in LOCK


def test_conda_environment_takes_its_pins_from_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert {"python=3.11", "openjdk=17", "maven"} <= set(conda)
    assert pip == ["-r requirements.lock", "-e .", "-e local-aws"]
    assert PYPROJECT["project"]["requires-python"] == ">=3.11,<3.12"


def test_flink_is_pinned_to_the_managed_runtime() -> None:
    assert re.fullmatch(r"2\.2\.\d+", _direct_pins()["apache-flink"])


def test_no_folder_of_tests_is_left_out() -> None:
    listed = [ROOT / path for path in PYPROJECT["tool"]["pytest"]["ini_options"]["testpaths"]]
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "local-aws").rglob("test_*.py")]
    assert [f for f in files if not any(path in f.parents for path in listed)] == []
