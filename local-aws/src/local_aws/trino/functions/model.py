"""What a function of the registry is, and what its emitter gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.types import TrinoType


class Kind(Enum):
    """How a function may be called."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    WINDOW = "window"


@dataclass(frozen=True)
class Call:
    """One call, as an emitter sees it: arguments already coerced to the parameters' types.

    For aggregates and windows, `d` (``DISTINCT`` or nothing), `o` (an ``ORDER BY`` or nothing) and
    `n` (``IGNORE NULLS`` or nothing) go inside the DuckDB call's brackets; `w` (``FILTER (…)`` and
    ``OVER (…)``, or nothing) goes behind them, on every aggregate that the emitter writes.
    `grouped` says whether the query groups its rows by keys, `windowed` whether OVER is said.
    """

    name: str
    args: tuple[Expr, ...]
    type: TrinoType
    line: int
    column: int
    d: str = ""
    o: str = ""
    n: str = ""
    w: str = ""
    grouped: bool = False
    windowed: bool = False

    def __getitem__(self, index: int) -> str:
        """DuckDB text of an argument."""
        return self.args[index].sql

    def with_texts(self, texts: Sequence[str]) -> Call:
        """Return the call of arguments that have other texts."""
        args = (replace(arg, sql=text) for arg, text in zip(self.args, texts, strict=True))
        return replace(self, args=tuple(args))

    def literal(self, index: int, what: str = "argument") -> Any:
        """Value of an argument that must be a literal here; NOT_SUPPORTED if it isn't one."""
        if not self.args[index].is_literal:
            raise TrinoError(
                "NOT_SUPPORTED",
                f"{self.name} with a {what} that is not a literal is not supported",
                self.line,
                self.column,
            )
        return self.args[index].value

    def fail(self, message: str, name: str = "INVALID_FUNCTION_ARGUMENT") -> TrinoError:
        """Error at the call's place, to be raised."""
        return TrinoError(name, message, self.line, self.column)


Returns = str | Callable[[Sequence[TrinoType]], TrinoType]
Emit = str | Callable[[Call], str]


@dataclass(frozen=True)
class Function:
    """One signature of a function; overloads are further rows of the same name."""

    name: str
    args: tuple[str, ...]
    returns: Returns
    emit: Emit
    kind: Kind = Kind.SCALAR
    volatile: bool = False

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.args)})"


def aggregate(name: str, args: tuple[str, ...], returns: Returns, emit: Emit) -> Function:
    """Row of an aggregate, which may also be called with OVER."""
    return Function(name, args, returns, emit, Kind.AGGREGATE)


def window(name: str, args: tuple[str, ...], returns: Returns, emit: Emit) -> Function:
    """Row of a function that needs OVER."""
    return Function(name, args, returns, emit, Kind.WINDOW)


def arg_type(index: int) -> Callable[[Sequence[TrinoType]], TrinoType]:
    """Return type that is the (coerced) type of an argument."""
    return lambda types: types[index]


def not_supported(name: str, args: tuple[str, ...], returns: Returns = "double") -> Function:
    """Row of a function that Athena has and that is not computed here: it refuses by its name."""

    def refuse(call: Call) -> str:
        raise call.fail(f"Function '{name}' is not supported", "NOT_SUPPORTED")

    return Function(name, args, returns, refuse)
