"""Which folder of the local AWS may import which: no edge runs upwards."""

import ast
from pathlib import Path

import pytest

import local_aws

ROOT = Path(local_aws.__file__).parent
# folder -> what it must not know; ministack itself is imported by the seam alone
FORBIDDEN = {
    "trino": {"athena", "engine", "glue", "kinesis", "s3", "ministack", "protocol", "server"},
    "engine": {"athena", "cloudwatch", "kinesis", "s3", "protocol", "server"},
    "glue": {"athena", "cloudwatch", "engine", "kinesis", "s3", "server"},
    "athena": {"cloudwatch", "kinesis", "s3", "server"},
    "cloudwatch": {"athena", "engine", "glue", "kinesis", "logs", "s3", "trino", "server"},
    "logs": {"athena", "engine", "glue", "kinesis", "s3", "trino", "server"},
    "kinesis": {"athena", "engine", "event_source", "functions", "glue", "trino", "server"},
    "sns": {"athena", "cloudwatch", "engine", "glue", "kinesis", "logs", "s3", "trino", "server"},
    "sqs": {"athena", "cloudwatch", "engine", "glue", "kinesis", "logs", "s3", "trino", "server"},
    "protocol": {
        "athena",
        "cloudformation",
        "cloudwatch",
        "engine",
        "event_source",
        "functions",
        "glue",
        "iam",
        "kinesis",
        "s3",
        "server",
        "trino",
    },
    "cloudformation": {"athena", "engine", "glue", "kinesis", "s3", "server", "trino"},
    "iam": {"athena", "cloudformation", "engine", "glue", "kinesis", "s3", "server", "trino"},
    "kinesisanalyticsv2": {"athena", "engine", "glue", "kinesis", "logs", "s3", "trino", "server"},
    "functions": {"athena", "engine", "event_source", "glue", "kinesis", "s3", "trino", "server"},
    "event_source": {"athena", "engine", "glue", "s3", "trino", "server"},
}


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_no_folder_imports_one_above_it(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    for file in files:
        own = {n.split(".")[1] for n in _imports(file) if n.startswith("local_aws.")}
        assert not own & FORBIDDEN[folder], file.relative_to(ROOT)


def test_ministack_is_imported_by_its_seam_alone() -> None:
    for file in sorted(ROOT.rglob("*.py")):
        if file.parent.name != "ministack":
            assert not any(name.split(".")[0] == "ministack" for name in _imports(file)), file
