"""Update expressions that DynamoDB refuses: a section twice, paths that overlap.

Developer guide, "Update expressions": each of SET, REMOVE, ADD and DELETE once, and no two of its
paths may be the same or one in the other. ministack keeps the last section of a kind.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from local_aws.ministack.foreign import dynamodb

Token = tuple[str, str]
Path = tuple[str | int, ...]
_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")
_ENDS = {"SET": "EQ", "ADD": "VALUE_REF", "DELETE": "VALUE_REF"}  # what ends a section's path


def fault(expression: str, names: dict[str, str]) -> str | None:
    """Say what is wrong with an update expression, None where it is neither of these.

    Parameters
    ----------
    expression : str
        Such as ``SET a = :a REMOVE b``.
    names : dict
        Attribute names by their placeholders.
    """
    sections = list(_sections(dynamodb._tokenize(expression)))
    for section in _SECTIONS:
        if sum(name == section for name, _ in sections) > 1:
            return f'The "{section}" section can only be used once in an update expression;'
    paths = [path for name, tokens in sections for path in _paths(name, tokens, names)]
    for one, other in combinations(paths, 2):
        shorter = min(len(one), len(other))
        if one[:shorter] == other[:shorter]:
            return (
                "Two document paths overlap with each other; must remove or rewrite one of these "
                f"paths; path one: {_shown(one)}, path two: {_shown(other)}"
            )
    return None


def _sections(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    starts = [place for place in range(len(tokens)) if _starts(tokens, place)]
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start][1].upper(), tokens[start + 1 : end]


def _starts(tokens: list[Token], place: int) -> bool:
    """Say whether a section starts here; its keyword may also be an attribute's name."""
    kind, text = tokens[place]
    after = tokens[place + 1][0] if place + 1 < len(tokens) else ""
    named = kind == "IDENT" and text.upper() in _SECTIONS
    inner = place > 0 and tokens[place - 1][0] == "DOT"
    return named and not inner and after in {"IDENT", "NAME_REF"}


def _paths(section: str, tokens: list[Token], names: dict[str, str]) -> Iterator[Path]:
    for action in dynamodb._split_by_comma(tokens):
        ends = [i for i, token in enumerate(action) if token[0] == _ENDS.get(section)]
        path: list[Any] = dynamodb._parse_path_from_tokens(
            action[: ends[0] if ends else None], names
        )
        if path:
            yield tuple(path)


def _shown(path: Path) -> str:
    return "[" + ", ".join(f"[{part}]" if isinstance(part, int) else part for part in path) + "]"
