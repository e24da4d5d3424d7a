"""OVER: partitions, order and frames; and the sort keys that they share with ORDER BY."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.coercion import coerce, is_orderable, key
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.types import BIGINT, DAY_TO_SECOND, YEAR_TO_MONTH, is_integer, is_numeric


def direction(item: n.SortItem) -> str:
    """Direction and place of NULLs of a sort item: last in both directions unless said."""
    nulls = "FIRST" if item.nulls_first else "LAST"
    return f"{' DESC' if item.descending else ''} NULLS {nulls}"


def check_orderable(expression: Expr, node: n.Node, where: str = "ORDER BY") -> None:
    """Fail where values of the expression's type have no order."""
    if not is_orderable(expression.type):
        message = (
            f"Type {expression.type} is not orderable, and therefore cannot be used in {where}"
        )
        raise TrinoError("TYPE_MISMATCH", message, *node.at)


def sort_keys(analyser: ExpressionAnalyser, items: Sequence[n.SortItem]) -> tuple[str, list[Expr]]:
    """Text of sort keys behind ORDER BY, and what they read."""
    texts, parts = [], []
    for item in items:
        found = analyser.analyse(item.key)
        check_orderable(found, item.key)
        parts.append(found)
        texts.append(f"{key(found)}{direction(item)}")
    return ", ".join(texts), parts


def over(analyser: ExpressionAnalyser, window: n.Window, call: n.Call) -> tuple[str, list[Expr]]:
    """Text of a window specification, and what it reads."""
    window = _with_base(analyser, window)
    inner = analyser.with_rules(windows=False, inside="window specification")
    if analyser.rules.aggregates:
        inner = analyser.with_rules(windows=False, inside="window specification")
    pieces: list[str] = []
    parts: list[Expr] = []
    if window.partition:
        keys = [inner.analyse(item) for item in window.partition]
        parts += keys
        pieces.append("PARTITION BY " + ", ".join(key(item) for item in keys))
    order, order_parts = sort_keys(inner, window.order)
    if order and window.unit == "RANGE" and len(order_parts) == 1:
        order = f"{_range_key(order_parts[0])}{direction(window.order[0])}"
    if order:
        pieces.append(f"ORDER BY {order}")
    elif call.name in ("lag", "lead"):
        message = f"{call.name} function requires an ORDER BY window clause"
        raise TrinoError("MISSING_ORDER_BY", message, *window.at)
    parts += order_parts
    if window.unit and window.start is not None:
        _check_framed(window, call)
        sort = order_parts[0] if len(order_parts) == 1 else None
        start, start_parts = _bound(inner, window, window.start, sort, "start")
        end = "CURRENT ROW"
        end_parts: list[Expr] = []
        if window.end is not None:
            end, end_parts = _bound(inner, window, window.end, sort, "end")
        _check_frame(window)
        parts += [*start_parts, *end_parts]
        pieces.append(f"{window.unit} BETWEEN {start} AND {end}")
    return " ".join(pieces), parts


def _with_base(analyser: ExpressionAnalyser, window: n.Window) -> n.Window:
    """Merge a window with the named one that it is built on."""
    if window.base is None:
        return window
    named = analyser.rules.named_windows.get(window.base)
    if named is None:
        message = f"Cannot resolve WINDOW name {window.base}"
        raise TrinoError("INVALID_WINDOW_REFERENCE", message, *window.at)
    base = _with_base(analyser, named)
    if window.partition or (window.order and base.order):
        message = "WINDOW specification cannot override the one that it refers to"
        raise TrinoError("INVALID_WINDOW_REFERENCE", message, *window.at)
    framed = window if window.unit else base
    return replace(
        base,
        order=window.order or base.order,
        order_at=window.order_at if window.order else base.order_at,
        unit=framed.unit,
        start=framed.start,
        end=framed.end,
        frame_at=framed.frame_at,
        base=None,
    )


RANKING = {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile"}
_UNFRAMED = {*RANKING, "lag", "lead"}
_RANKS = ["UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"]


def _check_framed(window: n.Window, call: n.Call) -> None:
    """Check that the function takes a frame, and that the frame has the order that it needs."""
    if call.name in _UNFRAMED:
        message = f"Cannot specify window frame for {call.name} function"
        raise TrinoError("INVALID_WINDOW_FRAME", message, *window.frame_at)
    bounds = (window.start, window.end)
    if window.unit == "ROWS" or all(bound is None or bound.value is None for bound in bounds):
        return
    what = f"Window frame of type {window.unit} PRECEDING or FOLLOWING requires"
    if not window.order:
        raise TrinoError("MISSING_ORDER_BY", f"{what} ORDER BY", *window.frame_at)
    if window.unit == "RANGE" and len(window.order) > 1:
        message = f"{what} single sort item in ORDER BY (actual: {len(window.order)})"
        raise TrinoError("INVALID_ORDER_BY", message, *window.order_at)


def _check_frame(window: n.Window) -> None:
    start = window.start.kind if window.start else ""
    end = window.end.kind if window.end else "CURRENT ROW"
    wrong = ""
    if start == "UNBOUNDED FOLLOWING":
        wrong = "Window frame start cannot be UNBOUNDED FOLLOWING"
    elif end == "UNBOUNDED PRECEDING":
        wrong = "Window frame end cannot be UNBOUNDED PRECEDING"
    elif _RANKS.index(start) > _RANKS.index(end):
        wrong = f"Window frame starting from {start} cannot end with {end}"
    if wrong:
        raise TrinoError("INVALID_WINDOW_FRAME", wrong, *window.frame_at)


_MOVABLE = {
    *("date", "time", "timestamp", "timestamp with time zone"),
    *(DAY_TO_SECOND.name, YEAR_TO_MONTH.name),
}


def _range_key(sort: Expr) -> str:
    """Text of a RANGE frame's sort key: dates as timestamps, which intervals are added to."""
    return f"CAST({sort.sql} AS TIMESTAMP)" if sort.type.name == "date" else key(sort)


def _bound(
    analyser: ExpressionAnalyser,
    window: n.Window,
    bound: n.FrameBound,
    sort: Expr | None,
    side: str,
) -> tuple[str, list[Expr]]:
    if bound.value is None:
        return bound.kind, []
    value = analyser.analyse(bound.value)
    if window.unit != "RANGE":
        if not is_integer(value.type):
            message = f"Window frame {window.unit} {side} value type must be exact numeric type"
            message += f" with scale 0 (actual {value.type})"
            raise TrinoError("TYPE_MISMATCH", message, *bound.at)
        return f"{coerce(value, BIGINT).sql} {bound.kind}", [value]
    assert sort is not None  # noqa: S101  # _check_framed saw to it
    if value.type == DAY_TO_SECOND:
        return f"to_milliseconds({value.sql}) {bound.kind}", [value]
    if value.type == YEAR_TO_MONTH:
        return f"to_months({value.sql}) {bound.kind}", [value]
    if not (is_numeric(sort.type) or sort.type.name in _MOVABLE):
        message = "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type"
        message += f" be numeric, datetime or interval (actual: {sort.type})"
        raise TrinoError("TYPE_MISMATCH", message, *window.order[0].key.at)
    shared = common_super_type(value.type, sort.type)
    if not is_numeric(sort.type) or shared is None:
        message = f"Window frame RANGE value type ({value.type}) not compatible with sort item type"
        raise TrinoError("TYPE_MISMATCH", f"{message} ({sort.type})", *bound.at)
    return f"{coerce(value, shared).sql} {bound.kind}", [value]
