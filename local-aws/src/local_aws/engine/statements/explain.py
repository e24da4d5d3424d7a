"""EXPLAIN and EXPLAIN ANALYZE: how a query would be read, checked and run here."""

import json
from typing import Any

from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.tokens import Cursor
from local_aws.engine.scan import open_scans
from local_aws.engine.statements.names import STRING, unsupported
from local_aws.engine.statements.select import STARTS, compile_in
from local_aws.trino.schema import CompiledQuery
from local_aws.trino.syntax.parser import parse_query

Operator = dict[str, Any]
_HEADER = "Query Plan"
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
    compiled = compile_in(parse_query(cursor.sql, cursor.token.start), context)
    if options["TYPE"] == "VALIDATE":
        return _outcome(analyze, ["true"])
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
    plan = _plan(context, compiled, analyze)
    if as_json:
        return _outcome(analyze, json.dumps(_described(compiled, plan), indent=2).split("\n"))
    lines = [f"Output[{', '.join(f'{name}:{kind}' for name, kind in compiled.columns)}]"]
    lines += [_scan_line(scan) for scan in _io(compiled)["inputTableColumnInfos"]]
    if analyze:
        lines.append(f"Scanned: {before} bytes")
    return _outcome(analyze, [*lines, *_tree(plan, 0)])


def _outcome(analyze: bool, lines: list[str]) -> Outcome:
    kind = "EXPLAIN_ANALYZE" if analyze else "EXPLAIN"
    # a result of text has no header but this one, which is a row of its own
    return Outcome("UTILITY", kind, ((_HEADER, STRING),), lines=[_HEADER, *lines])


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


def _plan(context: Context, compiled: CompiledQuery, analyze: bool) -> list[Operator]:
    """Return the operators that DuckDB runs, as nested dictionaries."""
    how = "(ANALYZE, FORMAT json)" if analyze else "(FORMAT json)"
    rows = context.connection.execute(f"EXPLAIN {how} {compiled.sql}").fetchall()
    found = json.loads(rows[-1][1])
    roots = found if isinstance(found, list) else found.get("operator", [])
    while roots and roots[0].get("type") in ("RESULT_COLLECTOR", "EXPLAIN_ANALYZE"):
        roots = roots[0].get("children") or []
    return [_operator(each) for each in roots]


def _operator(node: dict[str, Any]) -> Operator:
    """Return a node without what tells where files are on this machine."""
    name = str(node.get("name") or node.get("type"))
    details = {
        key: value
        for key, value in (node.get("extra_info") or {}).items()
        if "file" not in key.lower() and value not in ("", [], None)
    }
    if "intermediate_rows" in node:
        details["Rows"] = node["intermediate_rows"]
    children = [_operator(each) for each in node.get("children") or []]
    return {"name": name.strip(), "details": details, "children": children}


def _tree(operators: list[Operator], depth: int) -> list[str]:
    lines = []
    for each in operators:
        said = ", ".join(f"{key} = {value}" for key, value in each["details"].items())
        lines.append(f"{'    ' * depth}- {each['name']}[{said}]")
        lines += _tree(each["children"], depth + 1)
    return lines


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
    where = (
        f", partitions where {info['partitionConstraint']}" if info["partitionConstraint"] else ""
    )
    columns = ", ".join(info["columns"])
    return (
        f"TableScan[awsdatacatalog:{name['schema']}:{name['table']}, columns = [{columns}]{where}]"
    )


def _described(compiled: CompiledQuery, plan: list[Operator]) -> dict[str, Any]:
    outputs = [{"symbol": name, "type": str(kind)} for name, kind in compiled.columns]
    return {"outputs": outputs, **_io(compiled), "plan": plan}
