"""Functions of JSON."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions.in_python.json_text import path_steps
from local_aws.trino.functions.model import Call, Function, arg_type

# Numbers that DuckDB writes otherwise than Java: with an exponent, very long, or very small.
_ODD_NUMBERS = r"[0-9][eE][+-]?[0-9]|[0-9]{8,}\.[0-9]|[0-9]{17,}|[:\[,]-?0\.00|^-?0\.00|-0"


def _path(call: Call) -> tuple[str, str] | None:
    """Return DuckDB's and Trino's text of a literal path; None where it varies."""
    if not call.args[1].is_literal or call.args[1].value is None:
        return None
    text = str(call.args[1].value)
    steps = path_steps(text)
    if steps is None:
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON path: '{text}'")
    made = "$"
    for step in steps:
        if isinstance(step, int):
            made += f"[{step}]"
        elif '"' in step:
            return None
        else:
            made += f'."{step}"'
    return quote_text(made), quote_text(text)


def _valid(sql: str) -> str:
    """Text if it is JSON, otherwise NULL: DuckDB's functions would fail, Trino's give NULL."""
    return f"CASE WHEN json_valid({sql}) THEN {sql} END"


def _extract(call: Call) -> str:
    path = _path(call)
    slow = f"CAST(py_json_extract({call[0]}, {call[1]}) AS JSON)"
    if path is None:
        return slow
    return (
        f"CASE WHEN regexp_matches({call[0]}, '{_ODD_NUMBERS}') THEN {slow} "
        f"ELSE json_extract({_valid(call[0])}, {path[0]}) END"
    )


def _scalar(call: Call) -> str:
    """Scalar at a path; a number is given as it is written, which DuckDB does only for integers."""
    path = _path(call)
    slow = f"py_json_extract_scalar({call[0]}, {call[1]})"
    if path is None:
        return slow
    text = _valid(call[0])
    kind = f"json_type({text}, {path[0]})"
    return (
        f"CASE WHEN {kind} IN ('ARRAY', 'OBJECT', 'NULL') THEN NULL WHEN {kind} = 'DOUBLE' "
        f"THEN {slow} ELSE json_extract_string({text}, {path[0]}) END"
    )


def _size(call: Call) -> str:
    path = _path(call)
    if path is None:
        message = "json_size with a path that is not a literal is not supported"
        raise call.fail(message, "NOT_SUPPORTED")
    text, at = _valid(call[0]), path[0]
    return (
        f"CASE json_type({text}, {at}) "
        f"WHEN 'ARRAY' THEN CAST(json_array_length({text}, {at}) AS BIGINT) "
        f"WHEN 'OBJECT' THEN CAST(len(json_keys({text}, {at})) AS BIGINT) "
        f"ELSE CASE WHEN json_exists({text}, {at}) THEN 0 END END"
    )


def _array_length(call: Call) -> str:
    text = _valid(call[0])
    return (
        f"CASE WHEN json_type({text}) = 'ARRAY' THEN CAST(json_array_length({text}) AS BIGINT) END"
    )


def _is_scalar(call: Call) -> str:
    return f"(json_type({_valid(call[0])}) NOT IN ('ARRAY', 'OBJECT'))"


def _contains(types: str, value: str) -> Callable[[Call], str]:
    """Whether an array has a member of these DuckDB types that equals the argument."""

    def emit(call: Call) -> str:
        text = _valid(call[0])
        members = f"json_extract({text}, '$[*]')"
        found = f"lambda v_: json_type(v_) IN ({types}) AND {value} = {call[1]}"
        return (
            f"CASE WHEN json_type({text}) = 'ARRAY' "
            f"THEN len(list_filter({members}, {found})) > 0 END"
        )

    return emit


_JSONS = ("json", "varchar")

FUNCTIONS: list[Function] = [
    *(
        Function("json_array_get", (kind, "bigint"), "json", "py_json_array_get({0}, {1})")
        for kind in _JSONS
    ),
    Function("json_parse", ("varchar",), "json", "CAST(py_json_parse({0}) AS JSON)"),
    Function("json_format", ("json",), "varchar", "CAST({0} AS VARCHAR)"),
    *(
        row
        for kind in _JSONS
        for row in (
            Function("json_extract", (kind, "varchar"), "json", _extract),
            Function(
                "json_extract_scalar",
                (kind, "varchar"),
                arg_type(0) if kind == "varchar" else "varchar",
                _scalar,
            ),
            Function("json_size", (kind, "varchar"), "bigint", _size),
            Function("json_array_length", (kind,), "bigint", _array_length),
            Function("is_json_scalar", (kind,), "boolean", _is_scalar),
            Function(
                "json_array_contains",
                (kind, "varchar"),
                "boolean",
                _contains("'VARCHAR'", "(v_ ->> '$')"),
            ),
            Function(
                "json_array_contains",
                (kind, "bigint"),
                "boolean",
                _contains("'BIGINT', 'UBIGINT'", "CAST(v_ AS BIGINT)"),
            ),
            Function(
                "json_array_contains",
                (kind, "double"),
                "boolean",
                _contains("'DOUBLE'", "CAST(v_ AS DOUBLE)"),
            ),
            Function(
                "json_array_contains",
                (kind, "boolean"),
                "boolean",
                _contains("'BOOLEAN'", "CAST(v_ AS BOOLEAN)"),
            ),
        )
    ),
]
