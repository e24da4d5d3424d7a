"""Expressions: what their names mean, what types they have, and their DuckDB text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from local_aws.athena.trino import calls, literals, operators
from local_aws.athena.trino import nodes as n
from local_aws.athena.trino.casts import NoCastError, convert, instant, local_time, zoned
from local_aws.athena.trino.coercion import (
    coerce,
    common_type,
    comparable,
    compared,
    is_orderable,
    key,
)
from local_aws.athena.trino.errors import TrinoError, raise_in_sql
from local_aws.athena.trino.functions.model import Expr
from local_aws.athena.trino.functions.resolve import Lambda
from local_aws.athena.trino.scope import (
    CATALOG,
    Compilation,
    Env,
    Field,
    Scope,
    combine,
    quote_name,
    quote_text,
)
from local_aws.athena.trino.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    VARCHAR,
    TrinoType,
    array,
    can_coerce,
    is_integer,
    parse_type,
    row,
    row_field_names,
    timestamp,
    to_duckdb,
    varchar,
)


@dataclass(frozen=True)
class Rules:
    """What an expression may contain at its place.

    Attributes
    ----------
    clause
        Name of the place for messages, such as ``WHERE clause``.
    aggregates, windows
        Whether aggregates and window functions may stand here.
    groups
        DuckDB texts of the grouping keys; None where the query is not grouped, or inside an
        aggregate's arguments.
    inside
        Name of the aggregate whose arguments these are.
    hoisted
        Inside TRY: where aggregates, window functions and subqueries are put, because DuckDB's TRY
        takes none of them; None elsewhere.
    """

    clause: str = ""
    aggregates: bool = False
    windows: bool = False
    groups: frozenset[str] | None = None
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
        return replace(expression, sql=f"{self.name}.a{index}")


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
        method = _METHODS.get(type(node))
        if method is None:
            kind = type(node).__name__
            raise TrinoError("NOT_SUPPORTED", f"{kind} is not supported here", *node.at)
        try:
            found = method(self, node)
        except TrinoError as error:
            if error.line is None and error.name == "AMBIGUOUS_FUNCTION_CALL":
                raise TrinoError(error.name, error.message, *node.at) from None
            raise
        except (NoCastError, ValueError) as error:
            name = "TYPE_MISMATCH" if isinstance(error, NoCastError) else "NOT_SUPPORTED"
            raise TrinoError(name, str(error), *node.at) from None
        if self.rules.groups and found.sql in self.rules.groups:
            return replace(found, ungrouped=())
        return found

    def boolean(self, node: n.Node, what: str) -> Expr:
        """Analyse an expression that must be boolean."""
        found = self.analyse(node)
        if found.type.name not in ("boolean", "unknown"):
            message = f"{what} must evaluate to a boolean (actual: {found.type})"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return coerce(found, BOOLEAN)

    def coerced(self, expression: Expr, kind: TrinoType, node: n.Node) -> Expr:
        """Bring an expression to a type, or fail at the node."""
        if not can_coerce(expression.type, kind):
            message = f"Cannot coerce {expression.type} to {kind}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return coerce(expression, kind)

    # Names

    def name(self, node: n.Name) -> Expr:
        found = self.resolved((node.name,), node)
        if found is None:
            raise _unresolved(node.name, node)
        return found

    def resolved(self, parts: tuple[str, ...], node: n.Node) -> Expr | None:
        hit = self.scope.find(parts, node.at)
        if hit is None:
            return None
        column, local = hit
        ungrouped: tuple[tuple[str, int, int], ...] = ()
        if local and self.rules.groups is not None:
            ungrouped = ((".".join(parts), *node.at),)
        ids = frozenset((column.id,))
        return Expr(column.sql, column.type, fields=ids, ungrouped=ungrouped)

    def dereference(self, node: n.Dereference) -> Expr:
        parts = n.name_parts(node)
        if parts:
            found = self.resolved(parts, node)
            if found is not None:
                return found
            if isinstance(node.base, n.Name) and self.scope.find(parts[:-1], node.at) is None:
                raise _unresolved(".".join(parts), node)
        base = self.analyse(node.base)
        if base.type.name != "row":
            message = f"Expression {'.'.join(parts[:-1]) or node.name} is not of type ROW"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        hits = [
            i for i, (name, _) in enumerate(base.type.args) if (name or "").lower() == node.name
        ]
        if len(hits) != 1:
            if hits:
                raise TrinoError("AMBIGUOUS_NAME", f"Ambiguous row field '{node.name}'", *node.at)
            message = f"Column reference '{node.name}' is invalid"
            raise TrinoError("INVALID_COLUMN_REFERENCE", message, *node.at)
        return self.row_field(base, hits[0])

    def row_field(self, base: Expr, index: int) -> Expr:
        name = row_field_names(base.type)[index]
        kind = base.type.args[index][1]
        sql = f"({base.sql}).{quote_name(name)}"
        if not base.fields:  # DuckDB forgets the type of a field of a constant NULL
            sql = f"CAST({sql} AS {to_duckdb(kind)})"
        return combine(sql, kind, base)

    # Literals

    def literal(self, node: n.Literal) -> Expr:
        return literals.plain(node)

    def typed_literal(self, node: n.TypedLiteral) -> Expr:
        made = literals.typed(node)
        if made is not None:
            return made
        kind = self.type_of(node.type, node)
        if node.type == "char":
            kind = TrinoType("char", (max(len(node.text), 1),))
        if kind.name == "json":
            parsed = n.Call(node.at, "json_parse", (n.Literal(node.at, "string", node.text),))
            return self.analyse(parsed)
        text = Expr(quote_text(node.text), varchar(len(node.text)), node.text)
        return combine(convert(text.sql, text.type, kind), kind, text)

    def interval(self, node: n.IntervalLiteral) -> Expr:
        return literals.interval(node)

    def parameter(self, node: n.Parameter) -> Expr:
        if node.index >= len(self.comp.parameters):
            raise TrinoError(
                "INVALID_PARAMETER_USAGE",
                f"Incorrect number of parameters: expected more than {len(self.comp.parameters)}",
                *node.at,
            )
        return self.comp.parameters[node.index]

    def type_of(self, text: str, node: n.Node) -> TrinoType:
        try:
            kind = parse_type(text)
        except ValueError:
            raise TrinoError("TYPE_MISMATCH", f"Unknown type: {text.lower()}", *node.at) from None
        if kind.name == "unknown":
            raise TrinoError("TYPE_MISMATCH", "UNKNOWN is not a valid type", *node.at)
        to_duckdb(kind)
        return kind

    def current(self, node: n.Current) -> Expr:
        now = self.comp.now
        stamp = now.isoformat(" ", "milliseconds").removesuffix("+00:00")
        precision = 3 if node.precision is None else node.precision
        match node.name:
            case "current_date":
                return Expr(f"DATE '{now.date().isoformat()}'", DATE)
            case "current_timestamp":
                sql = f"struct_pack(t := TIMESTAMP '{stamp}', z := 'UTC')"
                found = Expr(sql, timestamp(3, zone=True))
                return coerce(found, timestamp(precision, zone=True))
            case "localtimestamp":
                return coerce(Expr(f"TIMESTAMP '{stamp}'", timestamp(3)), timestamp(precision))
            case "localtime":
                return Expr(f"TIME '{stamp[11:]}'", TrinoType("time", (3,)))
            case "current_catalog":
                return Expr(quote_text(CATALOG), VARCHAR)
            case "current_schema":
                return Expr(quote_text(self.env.database), VARCHAR)
        raise TrinoError("NOT_SUPPORTED", f"{node.name} is not supported", *node.at)

    # Operators

    def unary(self, node: n.Unary) -> Expr:
        if isinstance(node.operand, n.Literal) and node.op == "-":
            literal = node.operand
            if literal.kind == "integer" and literal.text.isdigit():
                return _bracketed(literals.integer(-int(literal.text), node))
            if literal.kind in ("decimal", "double"):
                minus = replace(literal, text=f"-{literal.text}")
                return _bracketed(literals.plain(minus))
        operand = self.analyse(node.operand)
        try:
            return operators.negated(operand) if node.op == "-" else operand
        except operators.OperandError:
            message = f"Cannot negate {operand.type}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at) from None

    def binary(self, node: n.Binary) -> Expr:
        if node.op in ("AND", "OR"):
            left = self.boolean(node.left, "Logical expression term")
            right = self.boolean(node.right, "Logical expression term")
            return combine(f"({left.sql} {node.op} {right.sql})", BOOLEAN, left, right)
        left, right = self.analyse(node.left), self.analyse(node.right)
        found: Expr | None = None
        try:
            if node.op in ("+", "-", "*", "/", "%"):
                found = operators.arithmetic(node.op, left, right)
            elif node.op == "||":
                found = operators.concatenated(left, right)
            else:
                found = compared(node.op, left, right)
        except operators.OperandError:
            found = None
        if found is None:
            if node.op == "||":
                calls.fail_overload(self, node, "concat", (left, right))
            op = _TOLD_AS.get(node.op, node.op)
            message = f"Cannot apply operator: {left.type} {op} {right.type}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return found

    def negation(self, node: n.Not) -> Expr:
        operand = self.boolean(node.operand, "Value of logical NOT expression")
        return combine(f"(NOT {operand.sql})", BOOLEAN, operand)

    def between(self, node: n.Between) -> Expr:
        parts = tuple(map(self.analyse, (node.operand, node.low, node.high)))
        texts = comparable(parts)
        kind = common_type(parts)
        if texts is None or kind is None or not is_orderable(kind):
            message = (
                f"Cannot check if {parts[0].type} is BETWEEN {parts[1].type} and {parts[2].type}"
            )
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return combine(f"({texts[0]} BETWEEN {texts[1]} AND {texts[2]})", BOOLEAN, *parts)

    def in_list(self, node: n.InList) -> Expr:
        parts = tuple(map(self.analyse, (node.operand, *node.items)))
        texts = comparable(parts)
        if texts is None:
            nodes = (node.operand, *node.items)
            raise calls.no_common_type("IN value and list items", parts, nodes)
        return combine(f"({texts[0]} IN ({', '.join(texts[1:])}))", BOOLEAN, *parts)

    def like(self, node: n.Like) -> Expr:
        parts = [self.analyse(node.operand), self.analyse(node.pattern)]
        if node.escape is not None:
            parts.append(self.analyse(node.escape))
        for part, what in zip(parts, ("Left side", "Pattern for", "Escape for"), strict=False):
            if part.type.name not in ("varchar", "char", "unknown"):
                message = (
                    f"{what} of LIKE expression must evaluate to a varchar (actual: {part.type})"
                )
                raise TrinoError("TYPE_MISMATCH", message, *node.at)
        texts = [coerce(p, VARCHAR).sql if p.type.name == "unknown" else p.sql for p in parts]
        escape = f" ESCAPE {texts[2]}" if len(texts) > 2 else ""
        return combine(f"({texts[0]} LIKE {texts[1]}{escape})", BOOLEAN, *parts)

    def is_null(self, node: n.IsNull) -> Expr:
        operand = self.analyse(node.operand)
        return combine(f"({operand.sql} IS NULL)", BOOLEAN, operand)

    def is_distinct(self, node: n.IsDistinct) -> Expr:
        left, right = self.analyse(node.left), self.analyse(node.right)
        texts = comparable((left, right))
        if texts is None:
            message = f"Cannot check if {left.type} is distinct from {right.type}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        return combine(f"({texts[0]} IS DISTINCT FROM {texts[1]})", BOOLEAN, left, right)

    def hoist(self, expression: Expr) -> Expr:
        """Put an expression outside of the TRY around it, if there is one."""
        hoisted = self.rules.hoisted
        return expression if hoisted is None else hoisted.take(expression)

    def tried(self, node: n.Node, made: Callable[[Expr], str], kind: TrinoType | None) -> Expr:
        """Make TRY of something made out of an operand."""
        outer = self.rules.hoisted
        hoisted = outer or Hoisted(self.comp.alias("p"))
        operand = self.with_rules(hoisted=hoisted).analyse(node)
        sql = f"TRY({made(operand)})"
        if outer is None and hoisted.items:
            packed = ", ".join(f"a{i} := {text}" for i, text in enumerate(hoisted.items))
            sql = f"list_transform([struct_pack({packed})], lambda {hoisted.name}: {sql})[1]"
        return combine(sql, kind or operand.type, operand)

    # Subqueries

    def subquery_of(self, query: n.Query) -> tuple[str, TrinoType]:
        """Analyse a query whose row is a value; its text and the type of its column c0."""
        sql, columns = self.comp.analyse_query(query, self.comp, self.env, self.scope)
        self.comp.used |= {column.id for column in columns}
        if len(columns) == 1:
            return sql, columns[0].type
        kind = row(*((None, column.type) for column in columns))
        names = row_field_names(kind)
        packed = ", ".join(f"{name} := c{i}" for i, name in enumerate(names))
        alias = self.comp.alias("q")
        return f"SELECT struct_pack({packed}) AS c0 FROM ({sql}) AS {alias}", kind

    def subquery(self, node: n.Subquery) -> Expr:
        sql, kind = self.subquery_of(node.query)
        return self.hoist(Expr(f"({sql})", kind, has=frozenset(("subquery",))))

    def exists(self, node: n.Exists) -> Expr:
        sql, _ = self.comp.analyse_query(node.query, self.comp, self.env, self.scope)
        return self.hoist(Expr(f"EXISTS ({sql})", BOOLEAN, has=frozenset(("subquery",))))

    def in_query(self, node: n.InQuery) -> Expr:
        left, query = self.against_query(node.operand, node.query, node, "=")
        sql = f"({left.sql} IN ({query}))"
        return self.hoist(combine(sql, BOOLEAN, left, has=("subquery",)))

    def quantified(self, node: n.Quantified) -> Expr:
        left, query = self.against_query(node.operand, node.query, node, node.op)
        sql = f"({left.sql} {node.op} {node.quantifier} ({query}))"
        return self.hoist(combine(sql, BOOLEAN, left, has=("subquery",)))

    def against_query(
        self, operand: n.Node, query: n.Query, node: n.Node, op: str
    ) -> tuple[Expr, str]:
        """Bring an operand and a subquery's column to one type."""
        left = self.analyse(operand)
        sql, found = self.subquery_of(query)
        right = Expr("c0", found)
        kind = common_type((left, right))
        if kind is None:
            mine = str(left.type)
            if found.name == "row" and left.type.name != "row":
                mine = f"row({mine})"
            message = "Value expression and result of subquery must be of the same type: "
            message += f"{mine} vs {found}"
            if op != "=":
                message = f"Cannot apply operator: {left.type} {op} {found}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        wanted = key(coerce(right, kind))
        if wanted != "c0":
            sql = f"SELECT {wanted} AS c0 FROM ({sql}) AS {self.comp.alias('q')}"
        return replace(left, sql=key(coerce(left, kind)), type=kind), sql

    # Compound expressions

    def case(self, node: n.Case) -> Expr:
        results = [self.analyse(result) for _, result in node.whens]
        if node.default is not None:
            results.append(self.analyse(node.default))
        kind = common_type(results)
        if kind is None:
            nodes = [result for _, result in node.whens]
            nodes += [] if node.default is None else [node.default]
            raise calls.no_common_type("All CASE results", results, nodes)
        conditions = [self.case_condition(node, when) for when, _ in node.whens]
        texts = [coerce(result, kind).sql for result in results]
        arms = " ".join(
            f"WHEN {condition.sql} THEN {text}"
            for condition, text in zip(conditions, texts, strict=False)
        )
        otherwise = f" ELSE {texts[-1]}" if node.default is not None else ""
        return combine(f"CASE {arms}{otherwise} END", kind, *conditions, *results)

    def case_condition(self, node: n.Case, when: n.Node) -> Expr:
        if node.operand is None:
            return self.boolean(when, "CASE WHEN clause")
        operand, value = self.analyse(node.operand), self.analyse(when)
        found = compared("=", operand, value)
        if found is None:
            message = f"CASE operand type does not match WHEN clause operand type: {operand.type}"
            raise TrinoError("TYPE_MISMATCH", f"{message} vs {value.type}", *when.at)
        return found

    def cast(self, node: n.Cast) -> Expr:
        kind = self.type_of(node.type, node)

        def made(operand: Expr) -> str:
            try:
                return convert(operand.sql, operand.type, kind)
            except NoCastError:
                message = f"Cannot cast {operand.type} to {kind}"
                raise TrinoError("TYPE_MISMATCH", message, *node.at) from None

        if node.safe:
            return self.tried(node.operand, made, kind)
        operand = self.analyse(node.operand)
        sql = made(operand)
        if sql == operand.sql or operand.type.name == "unknown":
            return combine(sql, kind, operand, value=operand.value)
        return combine(sql, kind, operand)

    def row(self, node: n.Row) -> Expr:
        items = [self.analyse(item) for item in node.items]
        kind = row(*((None, item.type) for item in items))
        names = row_field_names(kind)
        parts = ", ".join(
            f"{name} := {_sql(item)}" for name, item in zip(names, items, strict=True)
        )
        return combine(f"struct_pack({parts})", kind, *items)

    def array(self, node: n.Array) -> Expr:
        items = [self.analyse(item) for item in node.items]
        kind = common_type(items)
        if kind is None:
            raise calls.no_common_type("All ARRAY elements", items, node.items)
        texts = ", ".join(coerce(item, kind).sql for item in items)
        if kind.name == "unknown":
            return combine(f"CAST([{texts}] AS INTEGER[])", array(kind), *items)
        return combine(f"[{texts}]", array(kind), *items)

    def subscript(self, node: n.Subscript) -> Expr:
        base, index = self.analyse(node.base), self.analyse(node.index)
        if base.type.name == "row" and isinstance(index.value, int):
            if not 1 <= index.value <= len(base.type.args):
                message = f"Subscript index out of bounds: {index.value}, max value is "
                message += str(len(base.type.args))
                raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.index.at)
            return self.row_field(base, index.value - 1)
        if base.type.name == "array" and (is_integer(index.type) or index.type.name == "unknown"):
            return combine(
                _element(base, coerce(index, INTEGER) if index.value is None else index),
                base.type.args[0],
                base,
                index,
            )
        if base.type.name == "map" and can_coerce(index.type, base.type.args[0]):
            wanted = coerce(index, base.type.args[0])
            text = convert(wanted.sql, wanted.type, VARCHAR) if _printable(wanted.type) else "''"
            missing = raise_in_sql(
                "INVALID_FUNCTION_ARGUMENT", f"'Key not present in map: ' || {text}"
            )
            sql = (
                f"CASE WHEN map_contains({base.sql}, {wanted.sql}) THEN ({base.sql})[{wanted.sql}] "
                f"WHEN {base.sql} IS NOT NULL AND {wanted.sql} IS NOT NULL THEN {missing} END"
            )
            return combine(sql, base.type.args[1], base, wanted)
        message = f"Cannot use {index.type} for subscript of {base.type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)

    def at_time_zone(self, node: n.AtTimeZone) -> Expr:
        operand, zone = self.analyse(node.operand), self.analyse(node.zone)
        if zone.type.name != "varchar":
            message = (
                f"Type of value must be a time or timestamp with or without time zone: {zone.type}"
            )
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        if operand.type.name == "timestamp":
            operand = coerce(operand, timestamp(operand.type.args[0], zone=True))
        if operand.type.name != "timestamp with time zone":
            message = "Type of value must be a time or timestamp with or without time zone "
            raise TrinoError("TYPE_MISMATCH", f"{message}(actual {operand.type})", *node.at)
        text = zone.sql
        if isinstance(zone.value, str):
            known = literals.zone_of(zone.value)
            if known is None:
                message = f"'{zone.value}' is not a valid time zone"
                raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.at)
            text = quote_text(known[0])
        return combine(zoned(instant(operand.sql), text), operand.type, operand, zone)

    def extract(self, node: n.Extract) -> Expr:
        names = {"dow": "day_of_week", "doy": "day_of_year", "yow": "year_of_week"}
        allowed = (
            *("year", "quarter", "month", "week", "day", "day_of_month", "day_of_week", "hour"),
            *("day_of_year", "year_of_week", "minute", "second", "timezone_hour"),
            "timezone_minute",
        )
        name = names.get(node.field, node.field)
        if name not in allowed:
            message = f"Invalid EXTRACT field: {node.field}"
            raise TrinoError("SYNTAX_ERROR", message, *node.at)
        return calls.call(self, n.Call(node.at, name, (node.operand,)))

    def call(self, node: n.Call) -> Expr:
        return calls.call(self, node)

    def lambda_expression(self, node: n.Lambda) -> Expr:
        raise TrinoError(
            "SYNTAX_ERROR", "Lambda expression should always be used inside a function", *node.at
        )

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


def local_moment(expression: Expr) -> str:
    """Text of a timestamp's wall-clock time, with or without zone."""
    zone = expression.type.name == "timestamp with time zone"
    return local_time(expression.sql) if zone else expression.sql


def _sql(expression: Expr) -> str:
    if expression.type.name == "unknown":
        return f"CAST({expression.sql} AS {to_duckdb(expression.type)})"
    return expression.sql


def _bracketed(expression: Expr) -> Expr:
    return replace(expression, sql=f"({expression.sql})")


def _printable(kind: TrinoType) -> bool:
    try:
        convert("x", kind, VARCHAR)
    except NoCastError:
        return False
    return True


def _element(base: Expr, index: Expr) -> str:
    """Text of an array's element; outside of the array is an error, as in Trino."""
    number = f"CAST({index.sql} AS VARCHAR)"
    too_far = raise_in_sql(
        "INVALID_FUNCTION_ARGUMENT",
        f"'Array subscript must be less than or equal to array length: ' || {number} || ' > ' || "
        f"CAST(len({base.sql}) AS VARCHAR)",
    )
    beyond = f"WHEN {index.sql} > len({base.sql}) THEN {too_far}"
    below = ""
    if not (isinstance(index.value, int) and index.value > 0):
        zero = raise_in_sql("INVALID_FUNCTION_ARGUMENT", "'SQL array indices start at 1'")
        negative = raise_in_sql(
            "INVALID_FUNCTION_ARGUMENT", f"'Array subscript is negative: ' || {number}"
        )
        below = f" WHEN {index.sql} = 0 THEN {zero} WHEN {index.sql} < 0 THEN {negative}"
    return f"CASE {beyond}{below} ELSE ({base.sql})[{index.sql}] END"


def _unresolved(name: str, node: n.Node) -> TrinoError:
    message = (
        f"Column '{name}' cannot be resolved or requester is not authorized to access "
        "requested resources"
    )
    return TrinoError("COLUMN_NOT_FOUND", message, *node.at)


# Trino knows these comparisons by the operator that they are made of.
_TOLD_AS = {">": "<", ">=": "<=", "<>": "="}

_METHODS: dict[type[n.Node], Callable[[ExpressionAnalyser, Any], Expr]] = {
    n.Name: ExpressionAnalyser.name,
    n.Dereference: ExpressionAnalyser.dereference,
    n.Literal: ExpressionAnalyser.literal,
    n.TypedLiteral: ExpressionAnalyser.typed_literal,
    n.IntervalLiteral: ExpressionAnalyser.interval,
    n.Parameter: ExpressionAnalyser.parameter,
    n.Current: ExpressionAnalyser.current,
    n.Unary: ExpressionAnalyser.unary,
    n.Binary: ExpressionAnalyser.binary,
    n.Not: ExpressionAnalyser.negation,
    n.Between: ExpressionAnalyser.between,
    n.InList: ExpressionAnalyser.in_list,
    n.InQuery: ExpressionAnalyser.in_query,
    n.Like: ExpressionAnalyser.like,
    n.IsNull: ExpressionAnalyser.is_null,
    n.IsDistinct: ExpressionAnalyser.is_distinct,
    n.Quantified: ExpressionAnalyser.quantified,
    n.Exists: ExpressionAnalyser.exists,
    n.Subquery: ExpressionAnalyser.subquery,
    n.Case: ExpressionAnalyser.case,
    n.Cast: ExpressionAnalyser.cast,
    n.Row: ExpressionAnalyser.row,
    n.Array: ExpressionAnalyser.array,
    n.Subscript: ExpressionAnalyser.subscript,
    n.AtTimeZone: ExpressionAnalyser.at_time_zone,
    n.Extract: ExpressionAnalyser.extract,
    n.Call: ExpressionAnalyser.call,
    n.Lambda: ExpressionAnalyser.lambda_expression,
}
