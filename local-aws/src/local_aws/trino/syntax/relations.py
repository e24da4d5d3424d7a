"""FROM: tables, derived tables, joins, UNNEST and TABLESAMPLE."""

from __future__ import annotations

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.expressions import ExpressionParser


class RelationParser(ExpressionParser):
    """Parser of FROM; the query parser builds on it."""

    def relations(self) -> n.Node:
        left = self.relation()
        while self.at_words(","):
            at = self.advance().at
            left = n.Join(at, "CROSS", left, self.relation())
        return left

    def relation(self) -> n.Node:
        left = self.sampled()
        while True:
            at = self.token.at
            if self.take("CROSS"):
                self.need("JOIN")
                left = n.Join(left.at, "CROSS", left, self.sampled())
                continue
            if self.at_words("NATURAL"):
                raise TrinoError("NOT_SUPPORTED", "Natural join not supported", *left.at)
            kind = self.join_kind()
            if not kind:
                return left
            right = self.relation_of_join()
            if self.take("USING"):
                self.need("(")
                using = [self.column_name()]
                while self.take(","):
                    using.append(self.column_name())
                self.need(")")
                left = n.Join(at, kind, left, right, using=tuple(using))
            else:
                self.need("ON")
                left = n.Join(at, kind, left, right, on=self.expression())

    def relation_of_join(self) -> n.Node:
        """Parse a join's right side: a JOIN b JOIN c ON … ON … nests to the right."""
        right = self.sampled()
        while not (self.at_words("ON") or self.at_words("USING")):
            at = self.token.at
            kind = self.join_kind()
            if not kind:
                self.mismatch("'ON', 'USING'")
            inner = self.relation_of_join()
            self.need("ON")
            right = n.Join(at, kind, right, inner, on=self.expression())
        return right

    def join_kind(self) -> str:
        if self.take("JOIN") or self.take("INNER", "JOIN"):
            return "INNER"
        for kind in ("LEFT", "RIGHT", "FULL"):
            if self.take(kind):
                self.take("OUTER")
                self.need("JOIN")
                return kind
        return ""

    def sampled(self) -> n.Node:
        relation = self.aliased()
        if self.at_words("TABLESAMPLE"):
            at = self.advance().at
            method = self.take_any("BERNOULLI", "SYSTEM") or self.mismatch("'BERNOULLI', 'SYSTEM'")
            self.need("(")
            percentage = self.expression()
            self.need(")")
            return n.Sampled(at, relation, method, percentage)
        return relation

    def aliased(self) -> n.Node:
        at = self.token.at
        relation = self.relation_primary()
        if self.at_words("MATCH_RECOGNIZE", "("):
            self.unsupported("MATCH_RECOGNIZE")
        if self.take("AS") or self.at_alias():
            name = self.identifier()
            relation = n.Aliased(at, relation, name, self.headings())
            if self.at_words("MATCH_RECOGNIZE", "("):
                self.unsupported("MATCH_RECOGNIZE")
        return relation

    def relation_primary(self) -> n.Node:
        at = self.token.at
        if self.take("UNNEST"):
            self.need("(")
            items = self.expressions()
            self.need(")")
            return n.Unnest(at, items, self.take("WITH", "ORDINALITY"))
        if self.at_words("LATERAL", "("):
            self.need("LATERAL", "(")
            query = self.query()
            self.need(")")
            return n.DerivedTable(at, query, lateral=True)
        if self.at_words("TABLE", "("):
            self.unsupported("Table function invocation TABLE(…)")
        if self.at_words("JSON_TABLE"):
            self.unsupported("JSON_TABLE")
        if self.take("("):
            return self.bracketed_relation(at)
        return self.table()

    def bracketed_relation(self, at: n.At) -> n.Node:
        saved = self.position
        failed: TrinoError | None = None
        if self.starts_query():
            try:
                query = self.query()
                self.need(")")
                return n.DerivedTable(at, query)
            except TrinoError as error:
                if self.tokens[saved].text != "(":
                    raise
                failed = error
                self.position = saved
        try:
            relation = self.relation()
            self.need(")")
        except TrinoError as error:
            if failed is not None and (failed.line, failed.column) > (error.line, error.column):
                raise failed from None
            raise
        return relation

    def table_name(self) -> n.Table:
        at = self.token.at
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        if len(parts) > 3:
            raise TrinoError("SYNTAX_ERROR", f"Too many dots in table name: {'.'.join(parts)}", *at)
        if self.at_words("("):
            self.unsupported(f"Table function '{'.'.join(parts)}'")
        return n.Table(at, tuple(parts))

    def table(self) -> n.Table:
        """Parse the name of a table, and of which moment or version it is."""
        found = self.table_name()
        place = self.token.at
        for kind in ("TIMESTAMP", "VERSION"):
            if self.take("FOR", kind):
                self.need("AS", "OF")
                return n.Table(found.at, found.parts, kind, self.value(), place)
        return found
