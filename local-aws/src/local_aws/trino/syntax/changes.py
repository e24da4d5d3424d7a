"""Trino's DELETE, UPDATE and MERGE."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.parser import QueryParser
from local_aws.trino.syntax.recursion import deep


@deep
def parse_change(sql: str) -> n.Change:
    """Parse one DELETE, UPDATE or MERGE.

    Raises
    ------
    TrinoError
        SYNTAX_ERROR or NOT_SUPPORTED.
    """
    parser = _ChangeParser(sql)
    found = parser.change()
    parser.take(";")
    if parser.token.kind != "end":
        parser.mismatch("<EOF>")
    return found


class _ChangeParser(QueryParser):
    """Parser of statements that change rows."""

    def change(self) -> n.Change:
        readers: dict[str, Callable[[n.At], n.Change]] = {
            "DELETE": self.delete,
            "UPDATE": self.update,
            "MERGE": self.merge,
        }
        at = self.token.at
        read = readers.get(self.token.upper)
        if read is None:
            self.mismatch("'DELETE', 'MERGE', 'UPDATE'")
        self.advance()
        return read(at)

    def delete(self, at: n.At) -> n.Change:
        self.need("FROM")
        table = self.table_name()
        where = self.expression() if self.take("WHERE") else None
        clause = n.Clause(at, "DELETE")
        return n.Change(
            *(at, table, table.parts[-1], (clause,)), where=where, parameters=self.parameters
        )

    def update(self, at: n.At) -> n.Change:
        table = self.table_name()
        self.need("SET")
        columns, values, places = self.assignments()
        where = self.expression() if self.take("WHERE") else None
        clause = n.Clause(at, "UPDATE", columns=columns, values=values, places=places)
        return n.Change(
            *(at, table, table.parts[-1], (clause,)), where=where, parameters=self.parameters
        )

    def merge(self, at: n.At) -> n.Change:
        self.need("INTO")
        table = self.table_name()
        named = self.take("AS") or not self.at_words("USING")
        name = self.identifier() if named else table.parts[-1]
        self.need("USING")
        source = self.relation()
        self.need("ON")
        on = self.expression()
        clauses = [self.clause()]
        while self.at_words("WHEN"):
            clauses.append(self.clause())
        return n.Change(at, table, name, tuple(clauses), source, on, parameters=self.parameters)

    def clause(self) -> n.Clause:
        at = self.token.at
        self.need("WHEN")
        matched = not self.take("NOT")
        self.need("MATCHED")
        condition = self.expression() if self.take("AND") else None
        self.need("THEN")
        if not matched:
            self.need("INSERT")
            columns = tuple(name.lower() for name in self.headings())
            self.need("VALUES", "(")
            values = self.expressions()
            self.need(")")
            return n.Clause(at, "INSERT", False, condition, columns, values)
        if self.take("DELETE"):
            return n.Clause(at, "DELETE", True, condition)
        self.need("UPDATE", "SET")
        return n.Clause(at, "UPDATE", True, condition, *self.assignments())

    def assignments(self) -> tuple[tuple[str, ...], tuple[n.Node, ...], tuple[n.At, ...]]:
        columns: list[str] = []
        values: list[n.Node] = []
        places: list[n.At] = []
        while True:
            places.append(self.token.at)
            columns.append(self.identifier())
            self.need("=")
            values.append(self.expression())
            if not self.take(","):
                return tuple(columns), tuple(values), tuple(places)
