"""CHANGE COLUMN of a column with parts: what differs between its type and the one that is wanted.

Source: the Athena user guide, "Evolve Iceberg table schema": fields of structs are added, dropped
and reordered, and types widened, wherever they are inside a column. What widens: the Iceberg
specification, "Schema Evolution".
"""

from itertools import pairwise

from pyiceberg import types as iceberg
from pyiceberg.table.update.schema import UpdateSchema

from local_aws.engine.context import QueryError

Path = tuple[str, ...]

_WIDER = ((iceberg.IntegerType, iceberg.LongType), (iceberg.FloatType, iceberg.DoubleType))


def change_type(
    update: UpdateSchema, path: Path, old: iceberg.IcebergType, new: iceberg.IcebergType
) -> None:
    """Say to an update how a type becomes another; fields of structs are known by their names.

    Raises
    ------
    QueryError
        NOT_SUPPORTED where a field goes and another comes in one struct, which may be meant as a
        rename, and where a type becomes one of another kind.
    ValueError
        For a type that does not hold every value of the one before; pyiceberg takes some of these.
    """
    if isinstance(old, iceberg.StructType) and isinstance(new, iceberg.StructType):
        _change_struct(update, path, old, new)
    elif isinstance(old, iceberg.ListType) and isinstance(new, iceberg.ListType):
        change_type(update, (*path, "element"), old.element_type, new.element_type)
    elif isinstance(old, iceberg.MapType) and isinstance(new, iceberg.MapType):
        change_type(update, (*path, "key"), old.key_type, new.key_type)
        change_type(update, (*path, "value"), old.value_type, new.value_type)
    elif old.is_primitive and new.is_primitive:
        if old != new and not _widens(old, new):
            raise ValueError(f"Cannot change column type: {'.'.join(path)}: {old} -> {new}")
        if old != new:
            update.update_column(path, new)
    else:
        raise QueryError(
            f"NOT_SUPPORTED: Cannot change column type: {'.'.join(path)}: {old} -> {new}"
        )


def _widens(old: iceberg.IcebergType, new: iceberg.IcebergType) -> bool:
    if isinstance(old, iceberg.DecimalType) and isinstance(new, iceberg.DecimalType):
        return old.scale == new.scale and old.precision <= new.precision
    return (type(old), type(new)) in _WIDER


def _change_struct(
    update: UpdateSchema, path: Path, old: iceberg.StructType, new: iceberg.StructType
) -> None:
    have = {field.name.lower(): field for field in old.fields}
    wanted = {field.name.lower(): field for field in new.fields}
    gone = [name for name in have if name not in wanted]
    come = [name for name in wanted if name not in have]
    if gone and come:
        raise QueryError(
            f"NOT_SUPPORTED: dropping {', '.join(gone)} and adding {', '.join(come)} in "
            f"{'.'.join(path)} by one statement is not supported, for it may be meant as a rename"
        )
    for name, field in have.items():
        if name in wanted:
            change_type(update, (*path, field.name), field.field_type, wanted[name].field_type)
        else:
            update.delete_column((*path, field.name))
    for name in come:
        update.add_column((*path, wanted[name].name), wanted[name].field_type)
    if [*(name for name in have if name in wanted), *come] != list(wanted):
        spelled = [(have.get(name) or wanted[name]).name for name in wanted]
        update.move_first((*path, spelled[0]))
        for before, name in pairwise(spelled):
            update.move_after((*path, name), (*path, before))
