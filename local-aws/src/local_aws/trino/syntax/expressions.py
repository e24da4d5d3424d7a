"""Operators, by recursive descent in the order of Trino's grammar."""

from __future__ import annotations

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.primaries import PrimaryParser

_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")


class ExpressionParser(PrimaryParser):
    """Parser of expressions; the query parser builds on it."""

    def expression(self) -> n.Node:
        """Parse an expression."""
        start = self.token.at
        left = self.conjunction()
        while self.take("OR"):
            left = n.Binary(start, "OR", left, self.conjunction())
        return left

    def conjunction(self) -> n.Node:
        start = self.token.at
        left = self.negation()
        while self.take("AND"):
            left = n.Binary(start, "AND", left, self.negation())
        return left

    def negation(self) -> n.Node:
        if self.at_words("NOT"):
            at = self.advance().at
            return n.Not(at, self.negation())
        value = self.value()
        return self.predicate(value)

    def predicate(self, left: n.Node) -> n.Node:
        token = self.token
        if token.kind == "symbol" and token.text in _COMPARISONS:
            op = self.advance().text.replace("!=", "<>")
            quantifier = self.take_any("ALL", "ANY", "SOME") if self.ahead().text == "(" else ""
            if quantifier:
                self.need("(")
                query = self.query()
                self.need(")")
                name = "ALL" if quantifier == "ALL" else "ANY"
                return n.Quantified(token.at, op, name, left, query)
            return n.Binary(token.at, op, left, self.value())
        if token.kind != "word":
            return left
        if self.take("IS"):
            negated = self.take("NOT")
            if self.take("NULL"):
                found: n.Node = n.IsNull(token.at, left)
            else:
                self.need("DISTINCT", "FROM")
                found = n.IsDistinct(token.at, left, self.value())
            return n.Not(token.at, found) if negated else found
        negated = self.at_words("NOT") and self.ahead().upper in ("BETWEEN", "IN", "LIKE")
        if negated:
            self.advance()
        if self.take("BETWEEN"):
            low = self.value()
            self.need("AND")
            found = n.Between(token.at, left, low, self.value())
        elif self.take("IN"):
            found = self.membership(token.at, left)
        elif self.take("LIKE"):
            pattern = self.value()
            found = n.Like(token.at, left, pattern, self.value() if self.take("ESCAPE") else None)
        else:
            return left
        return n.Not(token.at, found) if negated else found

    def membership(self, at: n.At, left: n.Node) -> n.Node:
        self.need("(")
        if self.starts_query():
            saved = self.position
            try:
                query = self.query()
                self.need(")")
                return n.InQuery(at, left, query)
            except TrinoError:
                if self.tokens[saved].upper != "(":
                    raise
                self.position = saved
        items = self.expressions()
        self.need(")")
        return n.InList(at, left, items)

    def expressions(self) -> tuple[n.Node, ...]:
        items = [self.expression()]
        while self.take(","):
            items.append(self.expression())
        return tuple(items)

    def value(self) -> n.Node:
        left = self.additive()
        while self.at_words("||"):
            at = self.advance().at
            left = n.Binary(at, "||", left, self.additive())
        return left

    def additive(self) -> n.Node:
        left = self.multiplicative()
        while self.at_words("+") or self.at_words("-"):
            token = self.advance()
            left = n.Binary(token.at, token.text, left, self.multiplicative())
        return left

    def multiplicative(self) -> n.Node:
        left = self.unary()
        while self.token.kind == "symbol" and self.token.text in ("*", "/", "%"):
            token = self.advance()
            left = n.Binary(token.at, token.text, left, self.unary())
        return left

    def unary(self) -> n.Node:
        if self.at_words("-") or self.at_words("+"):
            token = self.advance()
            return n.Unary(token.at, token.text, self.unary())
        value = self.postfix()
        while self.at_words("AT", "TIME", "ZONE"):
            at = self.token.at
            self.need("AT", "TIME", "ZONE")
            value = n.AtTimeZone(at, value, self.postfix())
        return value

    def postfix(self) -> n.Node:
        value = self.primary()
        while True:
            if self.take("["):
                index = self.value()
                self.need("]")
                value = n.Subscript(value.at, value, index)
            elif self.at_words(".") and self.ahead().text != "*":
                self.advance()
                written = self.heading()
                value = n.Dereference(value.at, value, written.lower(), written)
            else:
                return value
