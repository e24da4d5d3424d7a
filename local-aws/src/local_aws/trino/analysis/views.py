"""Whether a view's query still yields the columns that the view declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_aws.trino.analysis.scope import Field
from local_aws.trino.emit.coercion import coerce
from local_aws.trino.emit.expr import Expr
from local_aws.trino.schema import ViewSchema
from local_aws.trino.type_coercion import can_coerce
from local_aws.trino.types import TrinoType


def staleness(view: ViewSchema, fields: Sequence[Field]) -> str:
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


def declared(field: Field, name: str, kind: TrinoType) -> Field:
    """Give a view's column the name and type that the view declares."""
    if field.type == kind:
        return replace(field, name=name.lower())
    sql = coerce(Expr(field.sql, field.type), kind).sql
    return replace(field, name=name.lower(), type=kind, sql=sql)
