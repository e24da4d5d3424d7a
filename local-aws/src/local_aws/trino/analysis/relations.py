"""FROM: tables, views, derived tables, joins, UNNEST and TABLESAMPLE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.pruning import conjuncts, push_down
from local_aws.trino.analysis.scope import CATALOG, Column, Compilation, Env, Field, Relation, Scope
from local_aws.trino.emit.coercion import coerce, compared
from local_aws.trino.emit.expr import Expr
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Scan, TableSchema, ViewSchema
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.parser import parse_query
from local_aws.trino.type_coercion import can_coerce
from local_aws.trino.types import BIGINT, TrinoType

# a tree never changes, and a view's text is asked for by every query over it
_parse_view = lru_cache(maxsize=128)(parse_query)


@dataclass(frozen=True)
class From:
    """What an element of FROM is analysed in: the compilation, names, and what stands around."""

    comp: Compilation
    env: Env
    outer: Scope | None

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
                return self.join(node, left)
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
            why = str(error).removeprefix(f"{error.name}: ")
            message = f"Failed analyzing stored view '{'.'.join(full)}': {why}"
            raise TrinoError("INVALID_VIEW", message, *node.at) from None
        relation = self.of_columns(f"({sql})", columns, node.parts)
        if not view.columns:
            return relation
        stale = _staleness(view, relation.fields)
        if stale:
            message = f"View '{'.'.join(full)}' is stale or in invalid state: {stale}"
            raise TrinoError("VIEW_IS_STALE", message, *node.at)
        fields = (
            _declared(field, name, kind)
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

    # Joins

    def join(self, node: n.Join, left_fields: tuple[Field, ...]) -> Relation:
        left = self.analyse(node.left, left_fields)
        right = self.analyse(node.right, (*left_fields, *left.fields))
        if node.kind == "CROSS":
            sql = f"{left.sql}{right.before} CROSS JOIN {right.sql}"
            return Relation(sql, (*left.fields, *right.fields), left.before)
        if node.using:
            return self.using(node, left, right)
        fields = (*left.fields, *right.fields)
        scope = Scope(fields, self.outer)
        if right.before and node.kind == "LEFT" and not _is_true(node.on):
            message = "LEFT JOIN involving UNNEST is only supported with condition ON TRUE"
            raise TrinoError("NOT_SUPPORTED", message, *(node.on or node).at)
        assert node.on is not None  # noqa: S101
        analyser = ExpressionAnalyser(self.comp, self.env, scope, Rules("JOIN clause", node.on.at))
        condition = analyser.boolean(node.on, "JOIN ON clause")
        self.comp.use(condition)
        pushed = {"INNER": fields, "LEFT": right.fields, "RIGHT": left.fields, "FULL": ()}
        push_down(conjuncts(node.on), pushed[node.kind], analyser)
        joined = f"{left.sql}{right.before} {node.kind} JOIN {_grouped(node.right, right.sql)}"
        fields = _after_join(node.kind, left.fields, right.fields)
        return Relation(f"{joined} ON {condition.sql}", fields, left.before)

    def using(self, node: n.Join, left: Relation, right: Relation) -> Relation:
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
            common.append(self.merged(name, node.kind, pair, conditions))
        self.comp.use(*conditions)
        condition = " AND ".join(one.sql for one in conditions)
        joined = f"{left.sql}{right.before} {node.kind} JOIN {_grouped(node.right, right.sql)}"
        sql = f"{joined} ON {condition}"
        fields = _after_join(node.kind, left.fields, right.fields)
        return Relation(sql, (*common, *(field for field in fields if field.id not in gone)))

    def merged(self, name: n.Name, kind: str, pair: list[Field], conditions: list[Expr]) -> Field:
        """Make the column that stands for a pair of USING; notes their equality."""
        a, b = (Expr(f.sql, f.type, fields=frozenset((f.id,))) for f in pair)
        same = compared("=", a, b)
        if same is None:
            message = f"Column '{name.name}' types are incompatible: {a.type}, {b.type}"
            raise TrinoError("TYPE_MISMATCH", message, *name.at)
        conditions.append(same)
        wider = b.type if can_coerce(a.type, b.type) else a.type
        one, two = coerce(a, wider), coerce(b, wider)
        text = {"INNER": one.sql, "LEFT": one.sql, "RIGHT": two.sql}.get(
            kind, f"COALESCE({one.sql}, {two.sql})"
        )
        new = self.comp.new_column(name.written, wider, (pair[0].id, pair[1].id))
        origin = pair[1].pruned if kind == "RIGHT" else pair[0].pruned
        plain = kind != "FULL" and text in (a.sql, b.sql)
        return Field(new.id, name.written, wider, text, pruned=origin if plain else None)


def _staleness(view: ViewSchema, fields: Sequence[Field]) -> str:
    """Say how a view's query differs from the columns that the view declares; empty if it fits."""
    if len(view.columns) != len(fields):
        return (
            f"stored view column count ({len(view.columns)}) does not match column count derived "
            f"from the view query analysis ({len(fields)})"
        )
    for i, (field, (name, kind)) in enumerate(zip(fields, view.columns, strict=True)):
        if field.name is None:
            return (
                f"a column of type {field.type} projected from query view at position {i} "
                "has no name"
            )
        found = f"column [{field.name}] of type {field.type} projected from query view at position"
        stored = f"column [{name}] of type {kind} stored in view definition"
        if field.name.lower() != name.lower():
            return f"{found} {i} has a different name from {stored}"
        if not can_coerce(field.type, kind):
            return f"{found} {i} cannot be coerced to {stored}"
    return ""


def _declared(field: Field, name: str, kind: TrinoType) -> Field:
    """Give a view's column the name and type that the view declares."""
    if field.type == kind:
        return replace(field, name=name.lower())
    sql = coerce(Expr(field.sql, field.type), kind).sql
    return replace(field, name=name.lower(), type=kind, sql=sql)


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
