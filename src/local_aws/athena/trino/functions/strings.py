"""Functions of text."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Function, arg_type

FUNCTIONS: list[Function] = [
    Function("lower", ("varchar",), arg_type(0), "lower({0})"),
    Function("upper", ("varchar",), arg_type(0), "upper({0})"),
    Function("length", ("varchar",), "bigint", "length({0})"),
    Function("concat", ("varchar", "varchar..."), "varchar", "concat_ws('', {args})"),
    Function("trim", ("varchar",), arg_type(0), "trim({0})"),
    Function("ltrim", ("varchar",), arg_type(0), "ltrim({0})"),
    Function("rtrim", ("varchar",), arg_type(0), "rtrim({0})"),
]
