"""Expressions as Trino's messages show them."""

from __future__ import annotations

from local_aws.trino.syntax import nodes as n


def told(node: n.Node) -> str:
    """Text of an expression as Trino's formatter writes it.

    Examples
    --------
    >>> told(n.Binary((1, 1), ">", n.Name((1, 1), "price"), n.Literal((1, 1), "integer", "1")))
    '(price > 1)'
    """
    match node:
        case n.Literal(kind="string"):
            return "'" + node.text.replace("'", "''") + "'"
        case n.Literal():
            return node.text.lower() if node.kind in ("boolean", "null") else node.text
        case n.TypedLiteral():
            return f"{node.type.upper()} '{node.text}'"
        case n.IntervalLiteral():
            to = f" TO {node.to}" if node.to else ""
            return f"INTERVAL {'-' if node.negative else ''}'{node.text}' {node.unit}{to}"
        case n.Name():
            return node.name
        case n.Dereference():
            return f"{told(node.base)}.{node.name}"
        case n.Unary():
            return f"{node.op}{told(node.operand)}"
        case n.Binary():
            return f"({told(node.left)} {node.op} {told(node.right)})"
        case n.Not():
            return f"(NOT {told(node.operand)})"
        case n.Between():
            return f"({told(node.operand)} BETWEEN {told(node.low)} AND {told(node.high)})"
        case n.InList():
            return f"({told(node.operand)} IN ({_list(node.items)}))"
        case n.Like():
            return f"({told(node.operand)} LIKE {told(node.pattern)})"
        case n.IsNull():
            return f"({told(node.operand)} IS NULL)"
        case n.Cast():
            return f"{'TRY_CAST' if node.safe else 'CAST'}({told(node.operand)} AS {node.type})"
        case n.Row():
            return f"ROW ({_list(node.items)})"
        case n.Array():
            return f"ARRAY[{','.join(map(told, node.items))}]"
        case n.Subscript():
            return f"{told(node.base)}[{told(node.index)}]"
        case n.Case():
            return _case(node)
        case n.Call():
            return _call(node)
    return type(node).__name__.lower()


def _list(nodes: tuple[n.Node, ...]) -> str:
    return ", ".join(map(told, nodes))


def _case(node: n.Case) -> str:
    arms = " ".join(f"WHEN {told(when)} THEN {told(then)}" for when, then in node.whens)
    operand = f" {told(node.operand)}" if node.operand is not None else ""
    default = f" ELSE {told(node.default)}" if node.default is not None else ""
    return f"(CASE{operand} {arms}{default} END)"


def _call(node: n.Call) -> str:
    args = "*" if node.star else ("DISTINCT " if node.distinct else "") + _list(node.args)
    behind = f" FILTER (WHERE {told(node.filter)})" if node.filter is not None else ""
    if node.over is not None:
        behind += f" OVER {_window(node.over)}"
    return f"{node.name}({args}){behind}"


def _sort_item(item: n.SortItem) -> str:
    nulls = " NULLS FIRST" if item.nulls_first else ""
    return f"{told(item.key)} {'DESC' if item.descending else 'ASC'}{nulls}"


def _window(window: n.Window) -> str:
    pieces = [window.base] if window.base else []
    if window.partition:
        pieces.append(f"PARTITION BY {_list(window.partition)}")
    if window.order:
        pieces.append("ORDER BY " + ", ".join(map(_sort_item, window.order)))
    return f"({' '.join(pieces)})"
