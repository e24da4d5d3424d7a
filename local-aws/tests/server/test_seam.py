"""The seam to ministack: what its list says is there, and nothing goes round it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.ministack import foreign
from local_aws.ministack.foreign import Foreign, MovedError
from local_aws.ministack.names import NAMES, READ, Name

SOURCE = Path(foreign.__file__).parents[1]
FOREIGN = "ministack"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_listed_name_is_where_the_list_says() -> None:
    foreign.check()


def test_nothing_goes_round_the_seam() -> None:
    places = [*SOURCE.rglob("*.py"), *Path(__file__).parents[1].rglob("*.py")]
    assert len(places) > 100
    round_it = [
        f"{place.name}: {module}"
        for place in places
        for module in imported(place)
        if module.partition(".")[0] == FOREIGN
    ]
    assert round_it == []


def test_every_listed_name_is_used() -> None:
    text = "".join(place.read_text() for place in SOURCE.rglob("*.py") if place.name != "names.py")
    text += (Path(__file__).parents[1] / "glue" / "test_catalog.py").read_text()
    unused = [name for listed in NAMES.values() for name in listed if name not in text]
    assert unused == []


@pytest.mark.parametrize(
    ("module", "name", "known", "said"),
    [
        ("ministack.services.s3", "_moved", READ, r"services\.s3\._moved is gone"),
        ("ministack.services.gone", "_buckets", READ, r"services\.gone\._buckets is gone"),
        ("ministack.services.s3", "_qp", Name("called", ("params",)), r"_qp takes \(params, key"),
        ("ministack.services.s3", "S3_NS", Name("called", ()), r"S3_NS is no function"),
    ],
)
def test_a_name_that_moved_is_told(module: str, name: str, known: Name, said: str) -> None:
    with pytest.raises(MovedError, match=said):
        foreign.check({module: {name: known}})


def test_what_is_not_listed_is_not_seen() -> None:
    with pytest.raises(AttributeError, match="_purge_current_object is not in"):
        _ = foreign.s3._purge_current_object


def test_what_was_replaced_comes_back_and_only_what_is_listed_so_is_replaced() -> None:
    s3 = Foreign("ministack.services.s3")
    before = s3._read_body
    assert s3.replace("_read_body", str) is before
    s3.replace("_read_body", bytes)
    assert s3._read_body is bytes
    s3.restore()
    assert s3._read_body is before
    with pytest.raises(MovedError, match="_qp is not listed as replaced"):
        s3.replace("_qp", str)
