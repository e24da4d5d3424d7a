"""Statistics of one and of two columns."""

from __future__ import annotations

from local_aws.trino.functions.model import Function, aggregate


def _pairs(template: str, least: int = 1) -> str:
    """Statistic of pairs {0}, {1}, NULL below a number of whole pairs."""
    count = "count(CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 1 END){w}"
    return f"CASE WHEN {count} >= {least} THEN {template} END"


_N = "count({d}{0}){w}"
# DuckDB's skewness is the sample's; Trino's is the population's.
_SKEWNESS = (
    f"CASE WHEN {_N} >= 3 THEN skewness({{d}}{{0}}){{w}} * ({_N} - 2) "
    f"/ sqrt(CAST({_N} AS DOUBLE) * ({_N} - 1)) END"
)
_KURTOSIS = f"CASE WHEN {_N} >= 4 THEN kurtosis({{d}}{{0}}){{w}} END"

FUNCTIONS: list[Function] = [
    *(
        aggregate(name, ("double",), "double", f"{duck}({{d}}{{0}}{{o}}){{w}}")
        for name, duck in (
            ("stddev", "stddev_samp"),
            ("stddev_samp", "stddev_samp"),
            ("stddev_pop", "stddev_pop"),
            ("variance", "var_samp"),
            ("var_samp", "var_samp"),
            ("var_pop", "var_pop"),
        )
    ),
    aggregate("skewness", ("double",), "double", _SKEWNESS),
    aggregate("kurtosis", ("double",), "double", _KURTOSIS),
    aggregate("geometric_mean", ("bigint",), "double", "exp(avg({d}ln({0})){w})"),
    aggregate("geometric_mean", ("double",), "double", "exp(avg({d}ln({0})){w})"),
    aggregate("geometric_mean", ("real",), "real", "CAST(exp(avg({d}ln({0})){w}) AS FLOAT)"),
    *(
        aggregate(name, (kind, kind), kind, f"CAST({template} AS {duck})")
        for name, template in (
            ("corr", _pairs("nullif(corr({0}, {1}){w}, CAST('nan' AS DOUBLE))")),
            ("covar_pop", "covar_pop({0}, {1}){w}"),
            ("covar_samp", "covar_samp({0}, {1}){w}"),
            ("regr_slope", "nullif(regr_slope({0}, {1}){w}, CAST('nan' AS DOUBLE))"),
            ("regr_intercept", "nullif(regr_intercept({0}, {1}){w}, CAST('nan' AS DOUBLE))"),
        )
        for kind, duck in (("double", "DOUBLE"), ("real", "FLOAT"))
    ),
]
