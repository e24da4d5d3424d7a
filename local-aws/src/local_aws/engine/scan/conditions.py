"""What a scan's conditions say of one column: shared by buckets and injected partitions."""

from collections.abc import Iterator, Sequence

from local_aws.trino.conditions import Comparison, Condition, Junction


def conjuncts(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """Yield the conditions that must all hold."""
    for each in conditions:
        if isinstance(each, Junction) and each.every:
            yield from conjuncts(each.parts)
        else:
            yield each


def fixed_to(condition: Condition, column: str) -> list[str]:
    """Return the constants, as DuckDB text, that a condition fixes a column to, if it does."""
    if isinstance(condition, Comparison):
        fixes = condition.op == "=" and condition.column.lower() == column
        return list(condition.constants) if fixes else []
    parts = [fixed_to(part, column) for part in condition.parts]
    if condition.every:
        return next(filter(None, parts), [])
    return [constant for part in parts for constant in part] if all(parts) else []
