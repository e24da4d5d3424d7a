"""Expressions that start with a word of their own: CASE, CAST, EXTRACT, LISTAGG and the like."""

from __future__ import annotations

from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.calls import CallParser
from local_aws.trino.syntax.json import JsonParser
from local_aws.trino.syntax.lexer import string_value


class SpecialParser(CallParser, JsonParser):
    """Parser of the special forms."""

    def case(self) -> n.Node:
        at = self.advance().at
        operand = None if self.at_words("WHEN") else self.expression()
        whens = []
        while self.take("WHEN"):
            condition = self.expression()
            self.need("THEN")
            whens.append((condition, self.expression()))
        if not whens:
            self.mismatch("'WHEN'")
        default = self.expression() if self.take("ELSE") else None
        self.need("END")
        return n.Case(at, operand, tuple(whens), default)

    def cast(self) -> n.Node:
        token = self.advance()
        self.need("(")
        operand = self.expression()
        self.need("AS")
        text = self.type_text(")")
        self.need(")")
        return n.Cast(token.at, operand, text, token.upper == "TRY_CAST")

    def exists(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        query = self.query()
        self.need(")")
        return n.Exists(at, query)

    def row(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        items = self.expressions()
        self.need(")")
        return n.Row(at, items)

    def array(self) -> n.Node:
        if self.ahead().text != "[":
            return self.named()
        at = self.advance().at
        self.need("[")
        items = () if self.at_words("]") else self.expressions()
        self.need("]")
        return n.Array(at, items)

    def extract(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        unit = self.identifier()
        self.need("FROM")
        operand = self.value()
        self.need(")")
        return n.Extract(at, unit, operand)

    def position_in(self) -> n.Node:
        saved = self.position
        at = self.advance().at
        self.need("(")
        needle = self.value()
        if not self.take("IN"):
            self.position = saved
            return self.named()
        haystack = self.value()
        self.need(")")
        return n.Call(at, "strpos", (haystack, needle))

    def substring(self) -> n.Node:
        saved = self.position
        at = self.advance().at
        self.need("(")
        args = [self.value()]
        if not self.take("FROM"):
            self.position = saved
            return self.named()
        args.append(self.value())
        if self.take("FOR"):
            args.append(self.value())
        self.need(")")
        return n.Call(at, "substring", tuple(args))

    def trim(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        side = self.take_any("LEADING", "TRAILING", "BOTH")
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(side, "trim")
        if side and self.take("FROM"):
            args: tuple[n.Node, ...] = (self.value(),)
        else:
            first = self.value()
            if self.take("FROM"):
                args = (self.value(), first)
            else:
                args = (first, self.value()) if self.take(",") else (first,)
        self.need(")")
        return n.Call(at, name, args)

    def normalize(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        value = self.value()
        form = "NFC"
        if self.take(","):
            form = self.take_any("NFD", "NFC", "NFKD", "NFKC") or self.mismatch("'NFC'")
        self.need(")")
        return n.Call(at, "normalize", (value, n.Literal(at, "string", form)))

    def grouping(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        args = [self.qualified_name()]
        while self.take(","):
            args.append(self.qualified_name())
        self.need(")")
        return n.Call(at, "grouping", tuple(args))

    def qualified_name(self) -> n.Node:
        found: n.Node = self.column_name()
        while self.take("."):
            written = self.heading()
            found = n.Dereference(found.at, found, written.lower(), written)
        return found

    def listagg(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        distinct = self.take("DISTINCT")
        args: list[n.Node] = [self.expression()]
        if self.take(","):
            if self.token.kind not in ("string", "unicode"):
                self.mismatch("<string>")
            args.append(self.expression())
        if self.at_words("ON", "OVERFLOW"):
            self.need("ON", "OVERFLOW")
            if not self.take("ERROR"):
                args += self.truncation(args)
        self.need(")", "WITHIN", "GROUP", "(")
        order = self.sort_items()
        self.need(")")
        return self.call_clauses(at, "listagg", tuple(args), distinct=distinct, order=order)

    def truncation(self, args: list[n.Node]) -> list[n.Node]:
        """Parse what listagg's text ends with where it is cut off."""
        at = self.token.at
        self.need("TRUNCATE")
        filler = string_value(self.advance().text) if self.token.kind == "string" else "..."
        counted = self.take_any("WITH", "WITHOUT") or self.mismatch("'WITH', 'WITHOUT'")
        self.need("COUNT")
        separator = [n.Literal(at, "string", "")] if len(args) == 1 else []
        whether = n.Literal(at, "boolean", "TRUE" if counted == "WITH" else "FALSE")
        return [*separator, n.Literal(at, "string", filler), whether]
