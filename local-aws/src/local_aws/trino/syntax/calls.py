"""Function calls with their clauses: FILTER, IGNORE NULLS, OVER and its window."""

from __future__ import annotations

from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.grammar import Grammar


class CallParser(Grammar):
    """Parser of what stands behind a function's name."""

    def call(self, at: n.At, name: str) -> n.Node:
        """Parse the brackets and the clauses behind a function's name."""
        self.need("(")
        star = distinct = False
        args: tuple[n.Node, ...] = ()
        order: tuple[n.SortItem, ...] = ()
        if self.take("*"):
            star = True
        elif not self.at_words(")"):
            distinct = self.take("DISTINCT")
            if not distinct and self.at_words("ALL"):
                self.take("ALL")
            if not self.at_words("ORDER", "BY"):
                args = self.expressions()
            order = self.sort_items()
        self.need(")")
        return self.call_clauses(at, name, args, star=star, distinct=distinct, order=order)

    def call_clauses(
        self,
        at: n.At,
        name: str,
        args: tuple[n.Node, ...],
        *,
        star: bool = False,
        distinct: bool = False,
        order: tuple[n.SortItem, ...] = (),
    ) -> n.Call:
        condition = None
        if self.at_words("FILTER", "("):
            self.need("FILTER", "(", "WHERE")
            condition = self.expression()
            self.need(")")
        nulls = ""
        if self.at_words("IGNORE", "NULLS") or self.at_words("RESPECT", "NULLS"):
            nulls = self.advance().upper
            self.advance()
        over = None
        if self.at_words("OVER"):
            self.advance()
            place = self.token.at
            named = not self.at_words("(")
            over = n.Window(place, self.identifier()) if named else self.window()
        elif nulls:
            self.mismatch("'OVER'")
        return n.Call(at, name, args, star, distinct, order, condition, nulls, over)

    def sort_items(self) -> tuple[n.SortItem, ...]:
        """Parse ORDER BY items, if they come next."""
        if not self.at_words("ORDER"):
            return ()
        self.need("ORDER", "BY")
        items = [self.sort_item()]
        while self.take(","):
            items.append(self.sort_item())
        return tuple(items)

    def sort_item(self) -> n.SortItem:
        at = self.token.at
        key = self.expression()
        descending = self.take_any("ASC", "DESC") == "DESC"
        nulls_first = False
        if self.take("NULLS"):
            nulls_first = self.take("FIRST")
            if not nulls_first:
                self.need("LAST")
        return n.SortItem(at, key, descending, nulls_first)

    def window(self) -> n.Window:
        """Parse a window specification in brackets."""
        self.need("(")
        at = self.token.at
        base = None
        if self.at_identifier() and not (
            self.token.upper in ("PARTITION", "ROWS", "RANGE", "GROUPS")
            and self.ahead().text != ")"
        ):
            base = self.identifier()
        partition: tuple[n.Node, ...] = ()
        if self.take("PARTITION"):
            self.need("BY")
            partition = self.expressions()
        order_at = self.token.at
        order = self.sort_items()
        frame_at = self.token.at
        unit = self.take_any("ROWS", "RANGE", "GROUPS")
        start = end = None
        if unit and self.take("BETWEEN"):
            start = self.frame_bound()
            self.need("AND")
            end = self.frame_bound()
        elif unit:
            start = self.frame_bound()
        if not self.at_words(")"):
            self.mismatch("')'")
        self.advance()
        return n.Window(at, base, partition, order, unit, start, end, frame_at, order_at)

    def frame_bound(self) -> n.FrameBound:
        at = self.token.at
        if self.take("UNBOUNDED"):
            side = self.take_any("PRECEDING", "FOLLOWING")
            return n.FrameBound(at, f"UNBOUNDED {side}") if side else self.mismatch("'FOLLOWING'")
        if self.take("CURRENT", "ROW"):
            return n.FrameBound(at, "CURRENT ROW")
        value = self.expression()
        side = self.take_any("PRECEDING", "FOLLOWING")
        return n.FrameBound(at, side, value) if side else self.mismatch("'FOLLOWING'")
