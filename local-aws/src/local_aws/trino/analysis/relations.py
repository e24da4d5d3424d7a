"""FROM: tables, views, derived tables, joins, UNNEST and TABLESAMPLE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.joins import joined
from local_aws.trino.analysis.scope import CATALOG, Column, Env, Field, Place, Relation, Scope
from local_aws.trino.analysis.views import declared, staleness
from local_aws.trino.emit.expr import Expr
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Scan, TableSchema, Version, VersionedCatalog, ViewSchema
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.parser import parse_query
from local_aws.trino.syntax.walk import nodes_of
from local_aws.trino.types import BIGINT, TrinoType

# a tree never changes, and a view's text is asked for by every query over it
_parse_view = lru_cache(maxsize=128)(parse_query)


@dataclass(frozen=True)
class From(Place):
    """The analysis of FROM at its place."""

    def analyse(self, node: n.Node, left: tuple[Field, ...] = ()) -> Relation:
        """Analyse an element of FROM; `left` are the fields that LATERAL and UNNEST may read."""
        match node:
            case n.Table():
                return self.table(node)
            case n.DerivedTable():
                return self.derived(node, left)
            case n.Aliased():
                return self.aliased(node, left)
            case n.Unnest():
                return self.unnest(node, left)
            case n.Join():
                left_side = self.analyse(node.left, left)
                right_side = self.analyse(node.right, (*left, *left_side.fields))
                return joined(self, node, left_side, right_side)
            case n.Sampled():
                return self.sampled(node, left)
        kind = type(node).__name__
        raise TrinoError("NOT_SUPPORTED", f"{kind} is not supported in FROM", *node.at)

    def scope_with(self, fields: tuple[Field, ...]) -> Scope | None:
        """Scope in which a lateral relation is analysed."""
        return Scope(fields, self.outer) if fields else self.outer

    # Tables and queries

    def table(self, node: n.Table) -> Relation:
        if len(node.parts) == 1 and node.parts[0] in self.env.common:
            common = self.env.common[node.parts[0]]
            common.references += 1
            return self.of_columns(common.sql_name, common.columns, node.parts)
        if len(node.parts) == 3 and node.parts[0] != CATALOG:
            raise TrinoError("CATALOG_NOT_FOUND", f"Catalog '{node.parts[0]}' not found", *node.at)
        name = node.parts[-1]
        database = node.parts[-2] if len(node.parts) > 1 else self.env.database
        if node.version is not None:
            return self.scan(self.versioned(node, node.version, database, name), node.parts)
        found = self.comp.catalog.table(database, name)
        if found is None:
            if not self.comp.catalog.database_exists(database):
                message = f"Schema '{database}' does not exist"
                raise TrinoError("SCHEMA_NOT_FOUND", message, *node.at)
            message = f"Table '{CATALOG}.{database}.{name}' does not exist"
            raise TrinoError("TABLE_NOT_FOUND", message, *node.at)
        if isinstance(found, ViewSchema):
            return self.view(found, node, (CATALOG, database, name))
        return self.scan(found, node.parts)

    def versioned(self, node: n.Table, version: n.Node, database: str, name: str) -> TableSchema:
        """Find a table in a former state."""
        rules = Rules(f"FOR {node.kind} AS OF")
        for part in nodes_of(version):
            if isinstance(part, n.Subquery | n.Exists | n.InQuery):
                message = "Constant expression cannot contain a subquery"
                raise TrinoError("EXPRESSION_NOT_CONSTANT", message, *part.at)
        moment = ExpressionAnalyser(self.comp, self.env, Scope(), rules).analyse(version)
        catalog = self.comp.catalog
        if isinstance(catalog, VersionedCatalog):
            asked = Version(*(node.kind, moment.sql, moment.type, node.version_at, self.comp.now))
            found = catalog.table_as_of(database, name, asked)
            if found is not None:
                return found
        if catalog.table(database, name) is None:
            message = f"Table '{CATALOG}.{database}.{name}' does not exist"
            raise TrinoError("TABLE_NOT_FOUND", message, *node.at)
        message = "This connector does not support versioned tables"
        raise TrinoError("NOT_SUPPORTED", message, *node.at)

    def scan(self, table: TableSchema, prefix: tuple[str, ...]) -> Relation:
        scan = Scan(f"scan_{self.comp.scan_number()}", table)
        self.comp.scans.append(scan)
        alias = self.comp.alias()
        fields = []
        for name, kind in (*table.columns, *table.hidden_columns):
            number = self.comp.number()
            self.comp.base_columns[number] = (scan, name)
            sql = f"{alias}.{quote_name(name)}"
            hidden = (name, kind) in table.hidden_columns
            pruned = None if hidden else (scan, name)
            fields.append(Field(number, name.lower(), kind, sql, prefix, pruned, hidden))
        return Relation(f"{scan.relation} AS {alias}", tuple(fields))

    def view(self, view: ViewSchema, node: n.Table, full: tuple[str, ...]) -> Relation:
        place = (view.database, view.name)
        if place in self.env.views:
            message = f"View '{'.'.join(full)}' is recursive"
            raise TrinoError("VIEW_IS_RECURSIVE", message, *node.at)
        env = Env(view.database, views=(*self.env.views, place))
        try:
            sql, columns = self.comp.analyse_query(_parse_view(view.sql), self.comp, env, None)
        except TrinoError as error:
            message = f"Failed analyzing stored view '{'.'.join(full)}': {error.told}"
            raise TrinoError("INVALID_VIEW", message, *node.at) from None
        relation = self.of_columns(f"({sql})", columns, node.parts)
        if not view.columns:
            return relation
        stale = staleness(view, relation.fields)
        if stale:
            message = f"View '{'.'.join(full)}' is stale or in invalid state: {stale}"
            raise TrinoError("VIEW_IS_STALE", message, *node.at)
        fields = (
            declared(field, name, kind)
            for field, (name, kind) in zip(relation.fields, view.columns, strict=True)
        )
        return Relation(relation.sql, tuple(fields))

    def of_columns(
        self, sql: str, columns: Sequence[Column], prefix: tuple[str, ...] = ()
    ) -> Relation:
        """Make a relation of a query's text and columns."""
        alias = self.comp.alias()
        fields = []
        for i, column in enumerate(columns):
            new = self.comp.new_column(column.name, column.type, (column.id,))
            sql_name = f"{alias}.c{i}"
            fields.append(Field(new.id, column.name, column.type, sql_name, prefix, column.pruned))
        return Relation(f"{sql} AS {alias}", tuple(fields))

    def derived(self, node: n.DerivedTable, left: tuple[Field, ...]) -> Relation:
        outer = self.scope_with(left) if node.lateral else self.outer
        sql, columns = self.comp.analyse_query(node.query, self.comp, self.env, outer)
        word = "LATERAL " if node.lateral else ""
        return self.of_columns(f"{word}({sql})", columns)

    def aliased(self, node: n.Aliased, left: tuple[Field, ...]) -> Relation:
        inner = self.analyse(node.relation, left)
        known = inner.visible if node.columns else inner.fields
        names: Sequence[str | None] = [field.name for field in known]
        if node.columns:
            if len(node.columns) != len(names):
                message = (
                    f"Column alias list has {len(node.columns)} entries but '{node.name}' has "
                    f"{len(names)} columns available"
                )
                raise TrinoError("MISMATCHED_COLUMN_ALIASES", message, *node.at)
            names = node.columns
        fields = (
            replace(field, name=name, prefix=(node.name,))
            for field, name in zip(known, names, strict=True)
        )
        return replace(inner, fields=tuple(fields))

    # UNNEST and TABLESAMPLE

    def unnest(self, node: n.Unnest, left: tuple[Field, ...]) -> Relation:
        scope = self.scope_with(left) or Scope()
        analyser = ExpressionAnalyser(self.comp, self.env, scope, Rules("UNNEST"))
        lists: list[str] = []
        outputs: list[tuple[str, TrinoType]] = []
        for item in node.items:
            found = analyser.analyse(item)
            self.comp.use(found)
            self.unnest_item(found, item, lists, outputs)
        before = ""
        if left:  # DuckDB keeps the order of a column's elements, and of no other list's
            alias = self.comp.alias()
            columns = ", ".join(f"{one} AS l{i}" for i, one in enumerate(lists))
            before = f" CROSS JOIN LATERAL (SELECT {columns}) AS {alias}"
            lists = [f"{alias}.l{i}" for i in range(len(lists))]
        if node.ordinality:
            longest = ", ".join(f"coalesce(len({one}), 0)" for one in lists)
            lists.append(f"range(1, greatest({longest}) + 1)")
            outputs.append((f"u{len(lists) - 1}", BIGINT))
        inner = ", ".join(f"unnest({one}) AS u{i}" for i, one in enumerate(lists))
        alias = self.comp.alias()
        fields = tuple(
            Field(self.comp.number(), None, kind, sql=f"{alias}.c{i}")
            for i, (_, kind) in enumerate(outputs)
        )
        chosen = ", ".join(f"{sql} AS c{i}" for i, (sql, _) in enumerate(outputs))
        word = "LATERAL " if left else ""
        sql = f"{word}(SELECT {chosen} FROM (SELECT {inner}) AS {self.comp.alias('u')}) AS {alias}"
        return Relation(sql, fields, before)

    def unnest_item(
        self,
        found: Expr,
        item: n.Node,
        lists: list[str],
        outputs: list[tuple[str, TrinoType]],
    ) -> None:
        kind = found.type
        if kind.name == "map":
            for function, part in zip(("map_keys", "map_values"), kind.args, strict=True):
                outputs.append((f"u{len(lists)}", part))
                lists.append(f"{function}({found.sql})")
            return
        if kind.name != "array":
            message = f"Cannot unnest type: {kind}"
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *item.at)
        # Athena keeps a row whole ("Arrays are expanded into a single column", its page on SELECT),
        # where Trino makes a column of each of its fields
        outputs.append((f"u{len(lists)}", kind.args[0]))
        lists.append(found.sql)

    def sampled(self, node: n.Sampled, left: tuple[Field, ...]) -> Relation:
        inner = self.analyse(node.relation, left)
        analyser = ExpressionAnalyser(self.comp, self.env, Scope(), Rules("TABLESAMPLE"))
        share = analyser.analyse(node.percentage).value
        if isinstance(share, bool) or not isinstance(share, int | float | Decimal):
            message = "Sample percentage cannot contain column references"
            raise TrinoError("EXPRESSION_NOT_CONSTANT", message, *node.at)
        if not 0 <= share <= 100:
            bound = "less than or equal to 100" if share > 0 else "greater than or equal to 0"
            message = f"Sample percentage must be {bound}"
            raise TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", message, *node.percentage.at)
        return replace(
            inner, sql=f"{inner.sql} TABLESAMPLE {node.method} ({Decimal(str(share)):f} PERCENT)"
        )
