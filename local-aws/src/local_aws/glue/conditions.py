"""Conditions of a partition's values, in SQL's logic of true, false and unknown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.glue.key_types import family, partition_value

# None where the answer is unknown
Test = Callable[[Sequence[str]], bool | None]


@dataclass(frozen=True)
class Key:
    """A partition key: where its value is, and its type."""

    index: int
    type: str

    def value(self, values: Sequence[str]) -> Any:
        """Return a partition's value of this key, None for NULL."""
        return partition_value(values[self.index], self.type)


def known(key: Key, compare: Callable[[Any], bool]) -> Test:
    """Return a comparison of a key's value, unknown for NULL."""

    def test(values: Sequence[str]) -> bool | None:
        value = key.value(values)
        return None if value is None else compare(value)

    return test


def null(key: Key) -> Test:
    """Return whether a key's value is NULL; its type must be one that can be filtered."""
    family(key.type)
    return lambda values: key.value(values) is None


def negated_if(test: Test, negate: bool) -> Test:
    """Return a condition or its opposite; unknown stays unknown."""

    def opposite(values: Sequence[str]) -> bool | None:
        found = test(values)
        return None if found is None else not found

    return opposite if negate else test


def both(left: Test, right: Test) -> Test:
    """Return AND: false where one is false, else unknown where one is unknown."""

    def test(values: Sequence[str]) -> bool | None:
        found = (left(values), right(values))
        return False if False in found else None if None in found else True

    return test


def either(left: Test, right: Test) -> Test:
    """Return OR: true where one is true, else unknown where one is unknown."""

    def test(values: Sequence[str]) -> bool | None:
        found = (left(values), right(values))
        return True if True in found else None if None in found else False

    return test
