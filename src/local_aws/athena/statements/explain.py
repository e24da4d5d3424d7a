"""EXPLAIN and EXPLAIN ANALYZE: how a query would be read, checked and run here."""

import json
from typing import Any

from local_aws.athena.engine import Context, Outcome
from local_aws.athena.hive.tokens import Cursor
from local_aws.athena.scan import open_scans
from local_aws.athena.statements.names import STRING, unsupported
from local_aws.athena.statements.select import STARTS, compile_in
from local_aws.athena.trino.schema import CompiledQuery

_COLUMNS = (("Query Plan", STRING),)
_FORMATS = ("TEXT", "JSON", "GRAPHVIZ")
_TYPES = ("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO")


def explain(cursor: Cursor, context: Context) -> Outcome:
    """Run EXPLAIN [ANALYZE] [(FORMAT …, TYPE …)] query."""
    cursor.need("EXPLAIN")
    analyze = cursor.take("ANALYZE")
    if analyze:
        cursor.take("VERBOSE")
    options = _options(cursor)
    if cursor.token.key not in STARTS:
        unsupported(f"EXPLAIN of {cursor.token.text}")
    compiled = compile_in(cursor.sql, cursor.token.start, context)
    if options["TYPE"] == "VALIDATE":
        return _outcome(analyze, ["true"], "Valid")
    if options["TYPE"] == "IO":
        return _outcome(analyze, json.dumps(_io(compiled), indent=2).split("\n"))
    if options["FORMAT"] == "GRAPHVIZ":
        unsupported("EXPLAIN (FORMAT GRAPHVIZ)")
    if options["TYPE"] == "DISTRIBUTED" and not analyze:
        unsupported("EXPLAIN (TYPE DISTRIBUTED)")
    open_scans(context, compiled.scans)
    before = context.scanned_bytes
    if not analyze:
        context.scanned_bytes = 0
    as_json = options["FORMAT"] == "JSON"
    if as_json and analyze:
        unsupported("EXPLAIN ANALYZE (FORMAT JSON)")
    plan = _plan(context, compiled, "ANALYZE" if analyze else "(FORMAT json)" if as_json else "")
    if as_json:
        return _outcome(analyze, json.dumps(_described(compiled, plan), indent=2).split("\n"))
    lines = [f"Output[{', '.join(f'{name}:{kind}' for name, kind in compiled.columns)}]"]
    lines += [_scan_line(scan) for scan in _io(compiled)["inputTableColumnInfos"]]
    if analyze:
        lines.append(f"Scanned: {before} bytes")
    return _outcome(analyze, [*lines, *plan.split("\n")])


def _outcome(analyze: bool, lines: list[str], column: str = "Query Plan") -> Outcome:
    kind = "EXPLAIN_ANALYZE" if analyze else "EXPLAIN"
    return Outcome("UTILITY", kind, ((column, STRING),), lines=lines)


def _options(cursor: Cursor) -> dict[str, str]:
    found = {"FORMAT": "TEXT", "TYPE": "LOGICAL"}
    if not (cursor.sees("(") and cursor.ahead(1).key in found):
        return found
    cursor.need("(")
    while True:
        name = cursor.next().key
        known = {"FORMAT": _FORMATS, "TYPE": _TYPES}.get(name)
        value = cursor.token.key
        if known is None or value not in known:
            cursor.fail(" or ".join(known or tuple(found)))
        cursor.next()
        found[name] = value
        if not cursor.take(","):
            break
    cursor.need(")")
    return found


def _plan(context: Context, compiled: CompiledQuery, how: str) -> str:
    rows = context.connection.execute(f"EXPLAIN {how} {compiled.sql}").fetchall()
    return "\n".join(str(row[1]).rstrip() for row in rows)


def _io(compiled: CompiledQuery) -> dict[str, Any]:
    """Return the tables, columns and partition constraints that a query reads."""
    return {
        "inputTableColumnInfos": [
            {
                "table": {
                    "catalog": "awsdatacatalog",
                    "schemaTable": {"schema": scan.table.database, "table": scan.table.name},
                },
                "columns": sorted(scan.columns),
                "partitionConstraint": scan.partition_filter,
            }
            for scan in compiled.scans
        ]
    }


def _scan_line(info: dict[str, Any]) -> str:
    name = info["table"]["schemaTable"]
    where = f", partitions where {info['partitionConstraint']}" if info["partitionConstraint"] else ""
    columns = ", ".join(info["columns"])
    return f"TableScan[awsdatacatalog:{name['schema']}:{name['table']}, columns = [{columns}]{where}]"


def _described(compiled: CompiledQuery, plan: str) -> dict[str, Any]:
    outputs = [{"symbol": name, "type": str(kind)} for name, kind in compiled.columns]
    return {"outputs": outputs, **_io(compiled), "plan": json.loads(plan)}
