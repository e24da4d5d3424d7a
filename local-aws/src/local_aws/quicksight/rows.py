"""``python -m local_aws.quicksight.rows DIR DATA_SET``: the rows that SPICE holds, as CSV.

With ``--user NAME`` those that a user sees, by row-level rules and restricted columns. The service
has no call for it: whoever looks does so in a dashboard, and nothing here draws one.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from local_aws.documents import Document
from local_aws.folder import DataFolder
from local_aws.quicksight import row_rules
from local_aws.quicksight.names import arn, named
from local_aws.quicksight.row_rules import Reader
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant


def held(store: Store, tenant: Tenant, data_set: str, user: str | None = None) -> list[Document]:
    """Return the rows that SPICE holds of a data set.

    Parameters
    ----------
    store : Store
        Of the server, or one over the same folder.
    tenant : Tenant
        Whose data set it is.
    data_set : str
        Its id.
    user : str, optional
        The name of a user: only what they see.

    Returns
    -------
    list of dict
        A value by column each.

    Raises
    ------
    LookupError
        Where there is no such data set or user, or nothing was ingested.
    """
    found = store.documents.get(tenant, "data_set", data_set)
    if found is None:
        raise LookupError(f"there is no data set {data_set}")
    rows = _all(store, tenant, data_set)
    if user is None:
        return rows
    if store.documents.get(tenant, "user", user) is None:
        raise LookupError(f"there is no user {user}")
    reader = _reader(store, tenant, user)
    if given := found.get("RowLevelPermissionDataSet"):
        about = named(tenant, given["Arn"])
        rules = _all(store, tenant, about.id) if about else []
        rows = row_rules.visible(given, rules, rows, reader)
    hidden = _hidden(found.get("ColumnLevelPermissionRules", []), reader)
    return [{name: row[name] for name in row if name not in hidden} for row in rows]


def _all(store: Store, tenant: Tenant, data_set: str) -> list[Document]:
    table = store.spice.get(tenant, data_set)
    if table is None:
        raise LookupError(f"nothing of {data_set} was ingested")
    rows: list[Document] = table.to_pylist()
    return rows


def _reader(store: Store, tenant: Tenant, user: str) -> Reader:
    members = store.documents.all(tenant, "member")
    groups = {each["GroupName"] for each in members if each["MemberName"] == user}
    return Reader(
        frozenset({user, arn(tenant, "user", user)}),
        frozenset(groups | {arn(tenant, "group", group) for group in groups}),
    )


def _hidden(rules: list[Document], reader: Reader) -> set[str]:
    """Name the columns that a rule restricts and no rule lets somebody see."""
    seen = {
        name
        for rule in rules
        if (reader.users | reader.groups) & set(rule.get("Principals", []))
        for name in rule.get("ColumnNames", [])
    }
    return {name for rule in rules for name in rule.get("ColumnNames", [])} - seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows; returns 1 where there are none to show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the server's data folder")
    parser.add_argument("data_set", help="the id of a data set")
    parser.add_argument("--user", help="the name of a user of QuickSight")
    parser.add_argument("--account", default="000000000000")
    parser.add_argument("--region", default="us-east-1")
    parsed = parser.parse_args(arguments)
    store = Store(DataFolder(parsed.folder))
    try:
        rows = held(store, Tenant(parsed.account, parsed.region), parsed.data_set, parsed.user)
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        store.close()
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
