"""Joins: ON and USING."""

from __future__ import annotations

from dataclasses import replace

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.pruning import conjuncts, push_down
from local_aws.trino.analysis.scope import Field, Place, Relation, Scope, as_expression
from local_aws.trino.emit.coercion import coerce, compared
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_coercion import can_coerce


def joined(place: Place, node: n.Join, left: Relation, right: Relation) -> Relation:
    """Join two relations as a node says."""
    if node.kind == "CROSS":
        sql = f"{left.sql}{right.before} CROSS JOIN {right.sql}"
        return Relation(sql, (*left.fields, *right.fields), left.before)
    if node.using:
        return _using(place, node, left, right)
    fields = (*left.fields, *right.fields)
    # as in Trino, subqueries in ON are correlated in inner joins alone
    scope = Scope(fields, place.outer, closed=node.kind != "INNER")
    if right.before and node.kind == "LEFT" and not _is_true(node.on):
        message = "LEFT JOIN involving UNNEST is only supported with condition ON TRUE"
        raise TrinoError("NOT_SUPPORTED", message, *(node.on or node).at)
    assert node.on is not None  # noqa: S101
    analyser = ExpressionAnalyser(place.comp, place.env, scope, Rules("JOIN clause", node.on.at))
    condition = analyser.boolean(node.on, "JOIN ON clause")
    place.comp.use(condition)
    pushed = {"INNER": fields, "LEFT": right.fields, "RIGHT": left.fields, "FULL": ()}
    push_down(conjuncts(node.on), pushed[node.kind], analyser)
    both = f"{left.sql}{right.before} {node.kind} JOIN {_grouped(node.right, right.sql)}"
    fields = _after_join(node.kind, left.fields, right.fields)
    return Relation(f"{both} ON {condition.sql}", fields, left.before)


def _using(place: Place, node: n.Join, left: Relation, right: Relation) -> Relation:
    """Make JOIN … USING: the common columns come first, once, and cannot be qualified."""
    conditions: list[Expr] = []
    common: list[Field] = []
    gone: set[int] = set()
    for name in node.using:
        pair = []
        for side in (left, right):
            hit = Scope(side.fields).find((name.name,), name.at)
            if hit is None:
                message = f"Column '{name.name}' is missing from "
                message += "left side of join" if side is left else "right side of join"
                raise TrinoError("COLUMN_NOT_FOUND", message, *name.at)
            pair.append(hit[0])
        gone |= {pair[0].id, pair[1].id}
        common.append(_merged(place, name, node.kind, pair, conditions))
    place.comp.use(*conditions)
    condition = " AND ".join(one.sql for one in conditions)
    both = f"{left.sql}{right.before} {node.kind} JOIN {_grouped(node.right, right.sql)}"
    sql = f"{both} ON {condition}"
    fields = _after_join(node.kind, left.fields, right.fields)
    return Relation(sql, (*common, *(field for field in fields if field.id not in gone)))


def _merged(
    place: Place, name: n.Name, kind: str, pair: list[Field], conditions: list[Expr]
) -> Field:
    """Make the column that stands for a pair of USING; notes their equality."""
    a, b = map(as_expression, pair)
    same = compared("=", a, b)
    if same is None:
        message = f"Column '{name.name}' types are incompatible: {a.type}, {b.type}"
        raise TrinoError("TYPE_MISMATCH", message, *name.at)
    conditions.append(same)
    wider = b.type if can_coerce(a.type, b.type) else a.type
    one, two = coerce(a, wider), coerce(b, wider)
    new = place.comp.new_column(name.written, wider, (pair[0].id, pair[1].id))
    if kind == "FULL":
        return Field(new.id, name.written, wider, f"COALESCE({one.sql}, {two.sql})")
    kept, field = (two, pair[1]) if kind == "RIGHT" else (one, pair[0])
    origin = None if kept.column is None else field.pruned
    return Field(new.id, name.written, wider, kept.sql, pruned=origin)


def _is_true(node: n.Node | None) -> bool:
    return isinstance(node, n.Literal) and (node.kind, node.text.upper()) == ("boolean", "TRUE")


def _grouped(node: n.Node, sql: str) -> str:
    """Bracket a join that is itself the right side of a join."""
    while isinstance(node, n.Aliased):
        node = node.relation
    return f"({sql})" if isinstance(node, n.Join) else sql


def _after_join(kind: str, left: tuple[Field, ...], right: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields behind a join; those of a side that may be NULL no longer lead down to a scan."""
    if kind in ("RIGHT", "FULL"):
        left = tuple(replace(field, pruned=None) for field in left)
    if kind in ("LEFT", "FULL"):
        right = tuple(replace(field, pruned=None) for field in right)
    return (*left, *right)
