"""Row-level rules: which rows of a data set somebody sees.

A rule is a row of another data set: a user or a group, and values of columns. Somebody sees the
rows that one of their rules fits; a rule without a value for a column fits all of its values, one
with several (with commas between) each of them; who has no rule sees nothing (user guide, "Using
row-level security with user-based rules").
"""

import csv
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight.errors import invalid, missing
from local_aws.quicksight.names import NAMESPACE, named
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_BY_NAME = ("UserName", "GroupName")
_BY_ARN = ("UserARN", "GroupARN")


class Reader(NamedTuple):
    """Somebody who looks: the user's name and ARN, and those of the groups that they are in."""

    users: frozenset[str]
    groups: frozenset[str]


def check(store: Store, tenant: Tenant, given: Document, columns: Mapping[str, str]) -> None:
    """Refuse rules that are no data set of rules, or are about other columns or such of no texts.

    Parameters
    ----------
    store, tenant
        As everywhere.
    given : dict
        ``RowLevelPermissionDataSet``.
    columns : mapping
        Types of the columns that the rules are for, by name: rules work on texts alone (user
        guide, "Using row-level security").

    Raises
    ------
    ServiceError
        InvalidParameterValueException or ResourceNotFoundException; by name what new data sets
        cannot have.
    """
    if given["PermissionPolicy"] != "GRANT_ACCESS":
        raise not_supported("DENY_ACCESS, which the service takes of old data sets alone")
    by_arn = given.get("FormatVersion") == "VERSION_2"
    if by_arn and "Namespace" in given:
        raise invalid("Namespace must not exist with VERSION_2")
    if given.get("Namespace", NAMESPACE) != NAMESPACE:
        raise missing("NAMESPACE", given["Namespace"])
    about = named(tenant, given["Arn"])
    rules = store.documents.get(tenant, "data_set", about.id) if about else None
    if rules is None:
        raise missing("DATA_SET", given["Arn"])
    if rules["ImportMode"] != "SPICE":
        raise not_supported("row-level rules that are not in SPICE")
    principals = _BY_ARN if by_arn else _BY_NAME
    known = {column["Name"]: column["Type"] for column in rules["OutputColumns"]}
    if not set(known) & set(principals):
        raise invalid(f"{given['Arn']} has no column {' or '.join(principals)}")
    others = set(known) - set(principals) - set(columns)
    if others:
        raise invalid(f"{given['Arn']}: {', '.join(sorted(others))} is no column of the data set")
    for name, kind in known.items():
        for found in (kind, columns.get(name, "STRING")):
            if found != "STRING":
                raise invalid(f"{given['Arn']}: {name} is {found}, and rules are on texts alone")


def visible(
    given: Document, rules: Iterable[Document], rows: Iterable[Document], reader: Reader
) -> list[Document]:
    """Choose the rows that somebody sees.

    Parameters
    ----------
    given : dict
        ``RowLevelPermissionDataSet``.
    rules, rows : iterable of dict
        Both data sets' rows, by column.
    reader : Reader
        Who looks.
    """
    if given.get("Status", "ENABLED") == "DISABLED":
        return list(rows)
    user, group = _BY_ARN if given.get("FormatVersion") == "VERSION_2" else _BY_NAME
    own = [
        {column: _values(value) for column, value in rule.items() if column not in {user, group}}
        for rule in rules
        if _values(rule.get(user)) & reader.users or _values(rule.get(group)) & reader.groups
    ]
    return [row for row in rows if any(_fits(rule, row) for rule in own)]


def _values(text: Any) -> set[str]:
    """Read a cell of a rule: values with commas between, quoted where they hold one themselves."""
    if text is None:
        return set()
    return {part.strip() for part in next(csv.reader([str(text)], skipinitialspace=True), [])}


def _fits(rule: dict[str, set[str]], row: Document) -> bool:
    return all(not values or str(row[column]) in values for column, values in rule.items())
