"""Nodes of the JSON functions."""

from __future__ import annotations

from dataclasses import dataclass

from local_aws.trino.syntax.nodes.expressions import Literal, Node


@dataclass(frozen=True)
class JsonBehavior(Node):
    """What a JSON function gives on an error or for nothing: `kind` is such as NULL or DEFAULT."""

    kind: str
    value: Node | None = None


@dataclass(frozen=True)
class JsonInput(Node):
    """A value that is read as JSON, and whether FORMAT JSON says so."""

    value: Node
    formatted: bool = False


@dataclass(frozen=True)
class JsonQuery(Node):
    """JSON_VALUE, JSON_QUERY or JSON_EXISTS of a path over an input."""

    function: str
    input: JsonInput
    path: Literal
    passing: tuple[tuple[str, JsonInput], ...] = ()
    returning: str = ""
    wrapper: str = "WITHOUT"
    quotes: str = "KEEP"
    on_empty: JsonBehavior | None = None
    on_error: JsonBehavior | None = None
