"""Functions that are called only with OVER."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Function, window

FUNCTIONS: list[Function] = [
    window("row_number", (), "bigint", "row_number(){w}"),
    window("rank", (), "bigint", "rank(){w}"),
    window("dense_rank", (), "bigint", "dense_rank(){w}"),
    window("percent_rank", (), "double", "percent_rank(){w}"),
    window("cume_dist", (), "double", "cume_dist(){w}"),
    window("ntile", ("bigint",), "bigint", "ntile({0}){w}"),
    window("first_value", ("T",), "T", "first_value({0}{n}){w}"),
    window("last_value", ("T",), "T", "last_value({0}{n}){w}"),
    window("nth_value", ("T", "bigint"), "T", "nth_value({0}, {1}{n}){w}"),
    window("lag", ("T",), "T", "lag({0}{n}){w}"),
    window("lag", ("T", "bigint"), "T", "lag({0}, {1}{n}){w}"),
    window("lag", ("T", "bigint", "T"), "T", "lag({0}, {1}, {2}{n}){w}"),
    window("lead", ("T",), "T", "lead({0}{n}){w}"),
    window("lead", ("T", "bigint"), "T", "lead({0}, {1}{n}){w}"),
    window("lead", ("T", "bigint", "T"), "T", "lead({0}, {1}, {2}{n}){w}"),
]
