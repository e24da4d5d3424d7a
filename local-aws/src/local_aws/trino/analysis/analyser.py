"""The analyser of expressions: what it knows at its place, and what its visitors may ask of it.

Which visitor takes which node stands in `expressions.VISITORS`; the compilation hands the table in,
so that visitors import this module and it imports none of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from local_aws.trino.analysis import identity
from local_aws.trino.analysis.scope import Compilation, Env, Field, Scope
from local_aws.trino.emit.coercion import (
    coerce,
)
from local_aws.trino.emit.conversion import NoCastError
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions.resolve import Lambda
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import BOOLEAN

_CLAUSES = ("WHERE clause", "HAVING clause", "JOIN ON clause")


@dataclass(frozen=True)
class Rules:
    """What an expression may contain at its place.

    Attributes
    ----------
    clause, at
        Name of the place for messages, such as ``WHERE clause``, and where it is.
    aggregates, windows
        Whether aggregates and window functions may stand here.
    groups
        The grouping keys by their identity; None where the query is not grouped, or inside an
        aggregate's arguments.
    inside
        Name of the aggregate whose arguments these are.
    hoisted
        Inside TRY: where aggregates, window functions and subqueries are put, because DuckDB's TRY
        takes none of them; None elsewhere.
    """

    clause: str = ""
    at: n.At = (1, 1)
    aggregates: bool = False
    windows: bool = False
    groups: Mapping[Hashable, Expr] | None = None
    inside: str = ""
    named_windows: dict[str, n.Window] = field(default_factory=dict)
    hoisted: Hoisted | None = None


@dataclass
class Hoisted:
    """Values that are computed outside of a TRY: the DuckDB name of their struct, their texts."""

    name: str
    items: list[str] = field(default_factory=list)

    def take(self, expression: Expr) -> Expr:
        """Put an expression outside, and return what stands for it inside."""
        self.items.append(expression.sql)
        index = len(self.items) - 1
        return replace(expression, sql=f"{self.name}.a{index}", column=None)


class ExpressionAnalyser:
    """Analyses expressions of one clause of one query."""

    def __init__(self, comp: Compilation, env: Env, scope: Scope, rules: Rules) -> None:
        self.comp, self.env, self.scope, self.rules = comp, env, scope, rules

    def with_rules(self, **changes: object) -> ExpressionAnalyser:
        """Make an analyser of the same scope with other rules."""
        rules = replace(self.rules, **changes)  # type: ignore[arg-type]
        return ExpressionAnalyser(self.comp, self.env, self.scope, rules)

    def analyse(self, node: n.Node) -> Expr:
        """Analyse an expression.

        Raises
        ------
        TrinoError
            As Trino says it, with the place.
        """
        key = self.grouping_key(node)
        if key is not None:
            return key
        visitor = self.comp.visitors.get(type(node))
        if visitor is None:
            kind = type(node).__name__
            raise TrinoError("NOT_SUPPORTED", f"{kind} is not supported here", *node.at)
        try:
            found = visitor(self, node)
        except (NoCastError, ValueError) as error:
            name = "TYPE_MISMATCH" if isinstance(error, NoCastError) else "NOT_SUPPORTED"
            raise TrinoError(name, str(error), *node.at) from None
        return found

    def grouping_key(self, node: n.Node) -> Expr | None:
        """Return the grouping key that an expression is, or None where it is none."""
        return self.rules.groups.get(self.identity(node)) if self.rules.groups else None

    def identity(self, node: n.Node) -> Hashable:
        """Identity of an expression at this place (see `identity`)."""
        return identity.of_node(node, self.meaning)

    def meaning(self, parts: tuple[str, ...], node: n.Node) -> Hashable | None:
        """Identity of what a name means here; None where it is no column."""
        hit = self.scope.find(parts, node.at)
        return None if hit is None else identity.of_field(hit[0].id)

    def boolean(self, node: n.Node, what: str) -> Expr:
        """Analyse an expression that must be boolean."""
        return self.as_boolean(self.analyse(node), node, what)

    def as_boolean(self, found: Expr, node: n.Node, what: str) -> Expr:
        """Check that an expression is boolean."""
        if found.type.name not in ("boolean", "unknown"):
            message = f"{what} must evaluate to a boolean (actual: {found.type})"
            if what in _CLAUSES:
                message = f"{what} must evaluate to a boolean: actual type {found.type}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return coerce(found, BOOLEAN)

    def resolved(self, parts: tuple[str, ...], node: n.Node) -> Expr | None:
        hit = self.scope.find(parts, node.at)
        if hit is None:
            return None
        column, local = hit
        ungrouped: tuple[tuple[str, int, int], ...] = ()
        if local and self.rules.groups is not None:
            ungrouped = ((".".join(parts), *node.at),)
        ids = frozenset((column.id,))
        return Expr(column.sql, column.type, fields=ids, ungrouped=ungrouped, column=column.id)

    def hoist(self, expression: Expr) -> Expr:
        """Put an expression outside of the TRY around it, if there is one."""
        hoisted = self.rules.hoisted
        return expression if hoisted is None else hoisted.take(expression)

    def tried(self, node: n.Node) -> Expr:
        """Make TRY of an expression."""
        outer = self.rules.hoisted
        hoisted = outer or Hoisted(self.comp.alias("p"))
        operand = self.with_rules(hoisted=hoisted).analyse(node)
        sql = f"TRY({operand.sql})"
        if outer is None and hoisted.items:
            packed = ", ".join(f"a{i} := {text}" for i, text in enumerate(hoisted.items))
            sql = f"list_transform([struct_pack({packed})], lambda {hoisted.name}: {sql})[1]"
        return combine(sql, operand.type, operand)

    def lambda_argument(self, node: n.Lambda) -> Lambda:
        """Prepare a lambda for the choice of an overload."""

        def analyse(types: object) -> Expr:
            kinds = list(types)  # type: ignore[call-overload]
            names = tuple(self.comp.alias("l") for _ in node.params)
            fields = tuple(
                Field(self.comp.number(), name, kind, sql)
                for name, kind, sql in zip(node.params, kinds, names, strict=True)
            )
            scope = Scope(fields, self.scope, lambda_params=True)
            inner = ExpressionAnalyser(self.comp, self.env, scope, self.rules)
            body = inner.analyse(node.body)
            if "subquery" in body.has:
                raise TrinoError(
                    "NOT_SUPPORTED", "Lambda expression cannot contain subqueries", *node.at
                )
            return lambda_of(body, names)

        return Lambda(len(node.params), analyse)


def lambda_of(body: Expr, names: tuple[str, ...]) -> Expr:
    """Make a DuckDB lambda of a body."""
    return replace(body, sql=f"lambda {', '.join(names)}: {body.sql}", params=names, body=body.sql)
