"""Functions of JSON."""

from __future__ import annotations

from local_aws.athena.trino.errors import TrinoError
from local_aws.athena.trino.functions.json_text import path_steps
from local_aws.athena.trino.functions.model import Call, Function, arg_type
from local_aws.athena.trino.scope import quote_text

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


def _extract(call: Call) -> str:
    path = _path(call)
    slow = f"CAST(py_json_extract({call[0]}, {call[1]}) AS JSON)"
    if path is None:
        return slow
    return (
        f"CASE WHEN regexp_matches({call[0]}, '{_ODD_NUMBERS}') THEN {slow} "
        f"WHEN json_valid({call[0]}) THEN json_extract({call[0]}, {path[0]}) END"
    )


def _scalar(call: Call) -> str:
    """Scalar at a path; a number is given as it is written, which DuckDB does only for integers."""
    path = _path(call)
    slow = f"py_json_extract_scalar({call[0]}, {call[1]})"
    if path is None:
        return slow
    kind = f"TRY(json_type({call[0]}, {path[0]}))"
    return (
        f"CASE WHEN NOT json_valid({call[0]}) THEN NULL "
        f"WHEN {kind} IN ('ARRAY', 'OBJECT', 'NULL') THEN NULL "
        f"WHEN {kind} = 'DOUBLE' THEN {slow} "
        f"ELSE json_extract_string({call[0]}, {path[0]}) END"
    )


def _size(call: Call) -> str:
    path = _path(call)
    if path is None:
        raise call.fail(
            "json_size with a path that is not a literal is not supported", "NOT_SUPPORTED"
        )
    at = path[0]
    text = call[0]
    return (
        f"CASE WHEN NOT json_valid({text}) THEN NULL "
        f"ELSE CASE TRY(json_type({text}, {at})) "
        f"WHEN 'ARRAY' THEN CAST(json_array_length({text}, {at}) AS BIGINT) "
        f"WHEN 'OBJECT' THEN CAST(len(json_keys({text}, {at})) AS BIGINT) "
        f"ELSE CASE WHEN json_exists({text}, {at}) THEN 0 END END END"
    )


# TRY, although the text is valid where it is asked: DuckDB folds constants before it chooses.
_VALID = "CASE WHEN json_valid({0}) THEN "
_LENGTH = (
    "CASE WHEN json_valid({0}) THEN CASE WHEN TRY(json_type({0})) = 'ARRAY' "
    "THEN CAST(json_array_length({0}) AS BIGINT) END END"
)
_IS_SCALAR = "(TRY(json_type({0})) NOT IN ('ARRAY', 'OBJECT'))"
_MEMBERS = "list_filter(json_extract({0}, '$[*]'), lambda v_: "


def _contains(types: str, value: str) -> str:
    return (
        _VALID
        + "CASE WHEN TRY(json_type({0})) = 'ARRAY' THEN "
        + f"len({_MEMBERS}json_type(v_) IN ({types}) AND {value} = {{1}})) > 0 END END"
    )


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
            Function("json_array_length", (kind,), "bigint", _LENGTH),
            Function("is_json_scalar", (kind,), "boolean", _IS_SCALAR),
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
