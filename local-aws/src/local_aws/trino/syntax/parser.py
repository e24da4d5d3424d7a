"""Trino's queries, by recursive descent in the order of its grammar."""

from __future__ import annotations

from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.recursion import deep
from local_aws.trino.syntax.relations import RelationParser


@deep
def parse_query(sql: str, start: int = 0) -> n.Query:
    """Parse one query, which starts at an offset of the text and ends it.

    Parameters
    ----------
    sql
        The statement.
    start
        Where the query begins in it (behind ``CREATE VIEW v AS``, say); places in errors count
        from the beginning of the whole text.

    Raises
    ------
    TrinoError
        SYNTAX_ERROR or NOT_SUPPORTED.
    """
    parser = QueryParser(sql, start)
    query = parser.query()
    parser.take(";")
    if parser.token.kind != "end":
        parser.mismatch("<EOF>")
    return n.Query(
        query.at,
        query.body,
        query.ctes,
        query.recursive,
        query.order,
        query.offset,
        query.limit,
        query.with_ties,
        parser.parameters,
    )


@deep
def parse_expression(sql: str) -> n.Node:
    """Parse one expression that is the whole text.

    Raises
    ------
    TrinoError
        SYNTAX_ERROR or NOT_SUPPORTED.
    """
    parser = QueryParser(sql)
    found = parser.expression()
    if parser.token.kind != "end":
        parser.mismatch("<EOF>")
    return found


class QueryParser(RelationParser):
    """Parser of queries."""

    def query(self) -> n.Query:
        at = self.token.at
        ctes: list[n.CommonTable] = []
        recursive = False
        if self.take("WITH"):
            recursive = self.take("RECURSIVE")
            ctes.append(self.common_table())
            while self.take(","):
                ctes.append(self.common_table())
        body = self.set_operation()
        order = self.sort_items()
        offset = limit = None
        with_ties = False
        if self.take("OFFSET"):
            offset = self.row_count()
            self.take_any("ROW", "ROWS")
        if self.take("LIMIT"):
            limit = None if self.take("ALL") else self.row_count()
        elif self.take("FETCH"):
            if not self.take_any("FIRST", "NEXT"):
                self.mismatch("'FIRST', 'NEXT'")
            one = n.Literal(self.token.at, "integer", "1")
            limit = one if self.token.kind == "word" else self.row_count()
            if not self.take_any("ROW", "ROWS"):
                self.mismatch("'ROW', 'ROWS'")
            with_ties = self.take("WITH", "TIES")
            if not with_ties:
                self.need("ONLY")
        return n.Query(at, body, tuple(ctes), recursive, order, offset, limit, with_ties)

    def row_count(self) -> n.Node:
        if self.token.kind != "integer" and not self.at_words("?"):
            self.mismatch("<integer>")
        return self.primary()

    def common_table(self) -> n.CommonTable:
        at = self.token.at
        name = self.identifier()
        columns_at = self.ahead().at  # the first column's, behind the bracket
        columns = self.headings()
        self.need("AS", "(")
        query = self.query()
        self.need(")")
        return n.CommonTable(at, name, columns, query, columns_at)

    def set_operation(self) -> n.Node:
        left = self.intersection()
        while self.at_words("UNION") or self.at_words("EXCEPT"):
            token = self.advance()
            all_rows = self.take_any("ALL", "DISTINCT") == "ALL"
            left = n.SetOperation(token.at, token.upper, all_rows, left, self.intersection())
        return left

    def intersection(self) -> n.Node:
        left = self.query_primary()
        while self.at_words("INTERSECT"):
            at = self.advance().at
            all_rows = self.take_any("ALL", "DISTINCT") == "ALL"
            left = n.SetOperation(at, "INTERSECT", all_rows, left, self.query_primary())
        return left

    def query_primary(self) -> n.Node:
        at = self.token.at
        if self.at_words("SELECT"):
            return self.select()
        if self.take("VALUES"):
            return n.Values(at, self.expressions())
        if self.take("TABLE"):
            table = self.table_name()
            return n.Select(at, (n.Star(at, None),), relation=table)
        if self.take("("):
            query = self.query()
            self.need(")")
            return query
        self.mismatch("'(', 'SELECT', 'TABLE', 'VALUES'")

    def select(self) -> n.Select:
        at = self.advance().at
        distinct = self.take_any("ALL", "DISTINCT") == "DISTINCT"
        items = [self.select_item()]
        while self.take(","):
            items.append(self.select_item())
        relation = self.relations() if self.take("FROM") else None
        where = self.expression() if self.take("WHERE") else None
        group: list[n.GroupingElement] = []
        group_distinct = False
        if self.take("GROUP"):
            self.need("BY")
            group_distinct = self.take_any("ALL", "DISTINCT") == "DISTINCT"
            group.append(self.grouping_element())
            while self.take(","):
                group.append(self.grouping_element())
        having = self.expression() if self.take("HAVING") else None
        windows: list[tuple[str, n.Window]] = []
        if self.take("WINDOW"):
            windows.append(self.named_window())
            while self.take(","):
                windows.append(self.named_window())
        return n.Select(
            *(at, tuple(items), distinct, relation, where, tuple(group), group_distinct, having),
            windows=tuple(windows),
        )

    def named_window(self) -> tuple[str, n.Window]:
        name = self.identifier()
        self.need("AS")
        return name, self.window()

    def select_item(self) -> n.SelectItem | n.Star:
        at = self.token.at
        if self.take("*"):
            return n.Star(at, None)
        value = self.expression()
        if self.at_words(".", "*"):
            self.need(".", "*")
            return n.Star(at, value, self.headings() if self.take("AS") else ())
        if self.take("AS"):
            return n.SelectItem(at, value, self.heading())
        return n.SelectItem(at, value, self.heading() if self.at_alias() else None)

    def grouping_element(self) -> n.GroupingElement:
        at = self.token.at
        if self.take("GROUPING", "SETS"):
            self.need("(")
            sets = [self.grouping_set()]
            while self.take(","):
                sets.append(self.grouping_set())
            self.need(")")
            return n.GroupingElement(at, "SETS", tuple(sets))
        kind = self.take_any("ROLLUP", "CUBE")
        if kind:
            self.need("(")
            sets = [self.grouping_set()]
            while self.take(","):
                sets.append(self.grouping_set())
            self.need(")")
            return n.GroupingElement(at, kind, tuple(sets))
        return n.GroupingElement(at, "SIMPLE", (self.grouping_set(),))

    def grouping_set(self) -> tuple[n.Node, ...]:
        if self.at_words("(", ")"):
            self.need("(", ")")
            return ()
        value = self.expression()
        at_bracket = isinstance(value, n.Row) and self.tokens[self.position - 1].text == ")"
        return value.items if isinstance(value, n.Row) and at_bracket else (value,)
