"""Functions of numbers."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.model import Call, Emit, Function, arg_type, not_supported
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import INTEGER_BITS, MAX_PRECISION, TrinoType, decimal

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_FLOATING = ("real", "double")


def _random_whole(call: Call) -> str:
    low, high = ("0", call[0]) if len(call.args) == 1 else (call[0], call[1])
    wrong = "bound must be positive"
    if len(call.args) > 1:
        wrong = "start value must be less than stop value"
    failure = raise_in_sql(INVALID_ARGUMENT, f"'{wrong}'")
    drawn = f"{low} + CAST(floor(random() * ({high} - {low})) AS BIGINT)"
    return (
        f"CAST(CASE WHEN {low} >= {high} THEN {failure} ELSE {drawn} END AS {to_duckdb(call.type)})"
    )


def _whole(types: Sequence[TrinoType]) -> TrinoType:
    """Type of a decimal rounded to a whole number: one more digit, as 9.9 becomes 10."""
    precision, scale = types[0].args
    return decimal(min(MAX_PRECISION, precision - scale + min(scale, 1)), 0)


def _one_more_digit(types: Sequence[TrinoType]) -> TrinoType:
    precision, scale = types[0].args
    return decimal(min(MAX_PRECISION, precision + 1), scale)


def _truncated(types: Sequence[TrinoType]) -> TrinoType:
    precision, scale = types[0].args
    return decimal(max(precision - scale, 1), 0)


def _remainder(types: Sequence[TrinoType]) -> TrinoType:
    (p1, s1), (p2, s2) = types[0].args, types[1].args
    return decimal(min(p1 - s1, p2 - s2) + max(s1, s2), max(s1, s2))


def cast_result(template: str) -> Emit:
    """Emitter of a template whose result is cast to the return type."""

    def emit(call: Call) -> str:
        text = template.format(*(arg.sql for arg in call.args))
        return f"CAST({text} AS {to_duckdb(call.type)})"

    return emit


def _digits(name: str) -> Emit:
    """Emitter of round and truncate of a decimal at a number of digits, which may vary by row."""

    def emit(call: Call) -> str:
        precision, scale = call.args[0].type.args
        kind = to_duckdb(call.type)
        if call.args[1].is_literal and call.args[1].value is not None:
            digits = int(call.args[1].value)
            if digits >= scale:
                return f"CAST({call[0]} AS {kind})"
            if digits < scale - precision:
                return f"CAST({call[0]} * 0 AS {kind})"
            return f"CAST({name}({call[0]}, {digits}) AS {kind})"
        steps = " ".join(
            f"WHEN {call[1]} = {digits} THEN CAST({name}({call[0]}, {digits}) AS {kind})"
            for digits in range(scale - precision, scale)
        )
        return (
            f"CASE WHEN {call[1]} >= {scale} THEN CAST({call[0]} AS {kind}) {steps} "
            f"WHEN {call[1]} IS NOT NULL THEN CAST({call[0]} * 0 AS {kind}) END"
        )

    return emit


_BUCKET_MESSAGES = (
    ("{n} <= 0", "'bucketCount must be greater than 0'"),
    ("isnan({x})", "'operand must not be NaN'"),
    ("isnan({low}) OR isinf({low})", "'first bound must be finite'"),
    ("isnan({high}) OR isinf({high})", "'second bound must be finite'"),
    ("{low} = {high}", "'bounds cannot equal each other'"),
)


def _width_bucket(call: Call) -> str:
    x, low, high, n = (arg.sql for arg in call.args)
    checks = " ".join(
        f"WHEN {test.format(x=x, low=low, high=high, n=n)} "
        f"THEN {raise_in_sql('INVALID_FUNCTION_ARGUMENT', message)}"
        for test, message in _BUCKET_MESSAGES
    )
    up = (
        f"CASE WHEN {x} < {low} THEN 0 WHEN {x} >= {high} THEN {n} + 1 "
        f"ELSE CAST(floor({n} * ({x} - {low}) / ({high} - {low})) AS BIGINT) + 1 END"
    )
    down = (
        f"CASE WHEN {x} > {low} THEN 0 WHEN {x} <= {high} THEN {n} + 1 "
        f"ELSE CAST(floor({n} * ({low} - {x}) / ({low} - {high})) AS BIGINT) + 1 END"
    )
    return f"CASE {checks} WHEN {low} < {high} THEN {up} ELSE {down} END"


def _extreme(call: Call) -> str:
    """Greatest or least of the arguments, NULL where one is NULL (DuckDB passes NULLs over)."""
    null = " OR ".join(f"{arg.sql} IS NULL" for arg in call.args)
    args = ", ".join(arg.sql for arg in call.args)
    found = f"{call.name}({args})"
    if call.name == "greatest" and call.type.name in _FLOATING:  # NaN is DuckDB's greatest number
        numbers = ", ".join(f"nullif({arg.sql}, 'NaN')" for arg in call.args)
        found = f"coalesce(greatest({numbers}), {call[0]})"
    return f"CASE WHEN NOT ({null}) THEN {found} END"


def _absolute(call: Call) -> str:
    """Absolute value of an integer; the least one has none of its type."""
    least = f"CAST({-(2 ** (INTEGER_BITS[call.type.name] - 1))} AS {to_duckdb(call.type)})"
    message = f"'Value ' || {call[0]} || ' is out of range for abs({call.type})'"
    wrong = raise_in_sql("NUMERIC_VALUE_OUT_OF_RANGE", message)
    return f"CASE WHEN {call[0]} = {least} THEN {wrong} ELSE abs({call[0]}) END"


def _wilson(sign: str) -> str:
    """Bound of the Wilson score interval of {0} successes in {1} trials with {2} as z."""
    p = "(CAST({0} AS DOUBLE) / {1})"
    n = "CAST({1} AS DOUBLE)"
    root = f"sqrt({p} * (1e0 - {p}) / {n} + {{2}} * {{2}} / (4e0 * {n} * {n}))"
    centre = f"({p} + {{2}} * {{2}} / (2e0 * {n}))"
    return f"(({centre} {sign} {{2}} * {root}) / (1e0 + {{2}} * {{2}} / {n}))"


def _doubles(name: str, template: str, count: int = 1) -> Function:
    return Function(name, ("double",) * count, "double", template)


FUNCTIONS: list[Function] = [
    *(Function("abs", (kind,), arg_type(0), _absolute) for kind in INTEGERS),
    *(Function("abs", (kind,), arg_type(0), "abs({0})") for kind in ("decimal", *_FLOATING)),
    *(Function("sign", (kind,), arg_type(0), cast_result("sign({0})")) for kind in INTEGERS),
    Function("sign", ("decimal",), lambda _: decimal(1, 0), cast_result("sign({0})")),
    *(
        Function(
            "sign",
            (kind,),
            arg_type(0),
            cast_result("CASE WHEN isnan({0}) OR {0} = 0 THEN {0} ELSE sign({0}) END"),
        )
        for kind in _FLOATING
    ),
    *(Function("round", (kind,), arg_type(0), "({0})") for kind in INTEGERS),
    *(
        Function(
            "round", (kind, "bigint"), arg_type(0), cast_result("round({0}, CAST({1} AS INTEGER))")
        )
        for kind in (*INTEGERS, *_FLOATING)
    ),
    Function("round", ("decimal",), _whole, cast_result("round({0})")),
    Function("round", ("decimal", "bigint"), _one_more_digit, _digits("round")),
    *(Function("round", (kind,), arg_type(0), cast_result("round({0})")) for kind in _FLOATING),
    *(
        Function(name, (kind,), arg_type(0), "({0})")
        for name in ("floor", "ceil", "ceiling")
        for kind in INTEGERS
    ),
    *(
        Function(name, ("decimal",), _whole, cast_result(f"{name}({{0}})"))
        for name in ("floor", "ceil", "ceiling")
    ),
    *(
        Function(name, (kind,), arg_type(0), cast_result(f"{name}({{0}})"))
        for name in ("floor", "ceil", "ceiling")
        for kind in _FLOATING
    ),
    Function("truncate", ("decimal",), _truncated, cast_result("trunc({0})")),
    Function("truncate", ("decimal", "bigint"), arg_type(0), _digits("trunc")),
    *(Function("truncate", (kind,), arg_type(0), cast_result("trunc({0})")) for kind in _FLOATING),
    *(Function("mod", (kind, kind), arg_type(0), "({0} % {1})") for kind in INTEGERS),
    Function("mod", ("decimal", "decimal"), _remainder, cast_result("{0} % {1}")),
    *(Function("mod", (kind, kind), arg_type(0), "({0} % {1})") for kind in _FLOATING),
    _doubles("power", "pow({0}, {1})", 2),
    _doubles("pow", "pow({0}, {1})", 2),
    _doubles("sqrt", "sqrt({0})"),
    _doubles(
        "cbrt", "CASE WHEN pow(round(cbrt({0})), 3) = {0} THEN round(cbrt({0})) ELSE cbrt({0}) END"
    ),
    _doubles("exp", "exp({0})"),
    _doubles("ln", "ln({0})"),
    _doubles("log2", "(ln({0}) / ln(2e0))"),
    _doubles("log10", "log10({0})"),
    _doubles("log", "(ln({1}) / ln({0}))", 2),
    *(
        _doubles(name, f"{name}({{0}})")
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
    ),
    _doubles("atan2", "atan2({0}, {1})", 2),
    _doubles("degrees", "degrees({0})"),
    _doubles("radians", "radians({0})"),
    Function("e", (), "double", "exp(1e0)"),
    Function("pi", (), "double", "pi()"),
    Function("nan", (), "double", "CAST('nan' AS DOUBLE)"),
    Function("infinity", (), "double", "CAST('inf' AS DOUBLE)"),
    *(
        Function(name, (kind,), "boolean", template)
        for kind in _FLOATING
        for name, template in (
            ("is_nan", "isnan({0})"),
            ("is_infinite", "isinf({0})"),
            ("is_finite", "isfinite({0})"),
        )
    ),
    *(Function(name, ("T", "T..."), "T", _extreme) for name in ("greatest", "least")),
    Function("width_bucket", ("double", "double", "double", "bigint"), "bigint", _width_bucket),
    Function(
        "width_bucket",
        ("double", "array(double)"),
        "bigint",
        "CAST(len(list_filter({1}, lambda b_: b_ <= {0})) AS BIGINT)",
    ),
    Function("from_base", ("varchar", "bigint"), "bigint", "py_from_base({0}, {1})"),
    Function(
        "to_base",
        ("bigint", "bigint"),
        lambda _: TrinoType("varchar", (64,)),
        "py_to_base({0}, {1})",
    ),
    _doubles("wilson_interval_lower", _wilson("-"), 3),
    _doubles("wilson_interval_upper", _wilson("+"), 3),
    _doubles("normal_cdf", "py_normal_cdf({0}, {1}, {2})", 3),
    _doubles("inverse_normal_cdf", "py_inverse_normal_cdf({0}, {1}, {2})", 3),
    *(not_supported(name, ("double",) * 3) for name in ("beta_cdf", "inverse_beta_cdf")),
    *(not_supported(name, ("double",) * 2) for name in ("t_cdf", "t_pdf")),
    not_supported("version", (), "varchar"),
    *(Function(name, (), "double", "random()", volatile=True) for name in ("random", "rand")),
    *(
        Function(name, (kind,) * bounds, arg_type(0), _random_whole, volatile=True)
        for name in ("random", "rand")
        for kind in INTEGERS
        for bounds in (1, 2)
    ),
]
