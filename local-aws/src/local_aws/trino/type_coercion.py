"""Which types coerce to which without being asked (Trino's TypeCoercion)."""

from __future__ import annotations

from local_aws.trino.types import MAX_PRECISION, VARCHAR, TrinoType, as_decimal, decimal, varchar

_WIDENS = {
    name: ["tinyint", "smallint", "integer", "bigint", "decimal", "real", "double"][rank + 1 :]
    for rank, name in enumerate(["tinyint", "smallint", "integer", "bigint", "decimal", "real"])
}


def can_coerce(source: TrinoType, target: TrinoType) -> bool:
    """Whether Trino converts the source to the target without being asked (TypeCoercion)."""
    if source == target or source.name == "unknown":
        return True
    return common_super_type(source, target) == target


def _merge_decimals(one: TrinoType, two: TrinoType) -> TrinoType:
    whole = max(one.args[0] - one.args[1], two.args[0] - two.args[1])
    scale = max(one.args[1], two.args[1])
    return decimal(min(MAX_PRECISION, whole + scale), scale)


def _same_base(one: TrinoType, two: TrinoType) -> TrinoType | None:
    if one.name == "decimal":
        return _merge_decimals(one, two)
    if one.name == "varchar":
        return VARCHAR if not (one.args and two.args) else varchar(max(one.args[0], two.args[0]))
    if one.name in ("array", "map"):
        parts = [common_super_type(a, b) for a, b in zip(one.args, two.args, strict=True)]
        return TrinoType(one.name, tuple(parts)) if all(parts) else None
    if one.name == "row":
        if len(one.args) != len(two.args):
            return None
        fields = []
        for (name, a), (other, b) in zip(one.args, two.args, strict=True):
            kind = common_super_type(a, b)
            if kind is None:
                return None
            fields.append((name if name == other else None, kind))
        return TrinoType("row", tuple(fields))
    return TrinoType(one.name, (max(one.args[0], two.args[0]),)) if one.args else one


def _across(one: TrinoType, two: TrinoType) -> TrinoType | None:
    """Super type of two types of different bases where the first is the narrower, or None."""
    if two.name in _WIDENS.get(one.name, ()):
        return _merge_decimals(as_decimal(one), two) if two.name == "decimal" else two
    if one.name == "date" and two.name in ("timestamp", "timestamp with time zone"):
        return two
    if two.name == f"{one.name} with time zone":
        return TrinoType(two.name, (max(one.args[0], two.args[0]),))
    if one.name == "varchar" and two.name == "char":
        return TrinoType("char", (max(one.args[0], two.args[0]),)) if one.args else None
    return None


def common_super_type(one: TrinoType, two: TrinoType) -> TrinoType | None:
    """Find the type that both coerce to, or None where there is none.

    Examples
    --------
    >>> str(common_super_type(parse_type("bigint"), parse_type("decimal(10,2)")))
    'decimal(21,2)'
    """
    if one == two or two.name == "unknown":
        return one
    if one.name == "unknown":
        return two
    if one.name == two.name:
        return _same_base(one, two)
    return _across(one, two) or _across(two, one)
