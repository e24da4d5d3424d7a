"""The functions of Trino that a query may call; what is not here is FUNCTION_NOT_FOUND.

To add a function, add one row to the list of the module of its subject::

    Function("lower", ("varchar",), "varchar", "lower({0})")

- The parameters' types are written as in Trino. A single capital (``T``, ``K``, ``V``) is a type
  variable; ``varchar``, ``char``, ``decimal``, ``timestamp``, ``timestamp with time zone``,
  ``time`` and ``row`` without a size take any size; ``"T..."`` at the end repeats;
  ``"function(T,boolean)"`` is a lambda, its return type last.
- The return type is a type, a variable, or a function of the coerced argument types
  (``arg_type(0)`` for "the same as the first").
- The emitter is a template of DuckDB SQL (``{0}``, ``{1}``: the arguments; ``{args}``: all of
  them; a brace itself is ``{{``), or a function of a `Call` to SQL: it sees each argument's text,
  type and, for a literal, its value. A template's result must be self-contained (a
  call, a CAST or bracketed) and have the DuckDB type of the return type: cast where DuckDB's own
  differs.
- Overloads are further rows; the one that needs the least coercion wins.
- ``aggregate(…)`` rows put ``{d}`` (DISTINCT), ``{n}`` (IGNORE NULLS) and ``{o}`` (ORDER BY) inside
  the brackets of each DuckDB aggregate, and ``{w}`` (FILTER, OVER) behind them:
  ``aggregate("sum", ("bigint",), "bigint", "CAST(sum({d}{0}{o}){w} AS BIGINT)")``.
  ``window(…)`` rows are called only with OVER.
- ``raise_in_sql(name, message)`` of `errors` is a DuckDB expression that fails as Trino does.
- What DuckDB cannot say is a function in Python: a row of a ``REGISTERED`` of `in_python`.
- A module may export ``MACROS``, a list of ``CREATE MACRO`` statements that its templates use;
  prefer native expressions: a macro's argument that is used twice is evaluated twice, as in a
  template.
"""

from __future__ import annotations

from local_aws.trino.functions import (
    aggregate_maps,
    aggregate_texts,
    aggregates,
    array_lambdas,
    array_sets,
    arrays,
    bits,
    checksums,
    date_arithmetic,
    date_printing,
    date_reading,
    dates,
    encoding,
    estimates,
    iso8601,
    json,
    maps,
    math,
    regex,
    sequences,
    statistics,
    strings,
    text_format,
    time_zones,
    vectors,
    windows,
)
from local_aws.trino.functions.model import Function

_MODULES = (
    *(aggregates, aggregate_maps, aggregate_texts, checksums, estimates, statistics),
    *(arrays, array_lambdas, array_sets, sequences, vectors),
    *(dates, date_arithmetic, date_printing, date_reading, iso8601, time_zones),
    *(encoding, json, maps, math, bits, regex, strings, text_format, windows),
)

REGISTRY: dict[str, list[Function]] = {}
for _module in _MODULES:
    for _function in _module.FUNCTIONS:
        REGISTRY.setdefault(_function.name, []).append(_function)

MACROS: list[str] = [macro for module in _MODULES for macro in getattr(module, "MACROS", [])]
