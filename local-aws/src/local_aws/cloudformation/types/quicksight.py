"""AWS::QuickSight::DataSource, DataSet and Theme."""

import time
from collections.abc import Callable
from typing import Any

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed_tags,
    chosen,
    names,
    tag_list,
)
from local_aws.tenant import current

_PAUSE_S = 0.1
_WAIT_S = 50  # less than a stack waits for one call
_SOURCE = ("Name", "DataSourceParameters", "SslProperties")
_SET = (
    "Name",
    "PhysicalTableMap",
    "LogicalTableMap",
    "ImportMode",
    "RowLevelPermissionDataSet",
    "ColumnLevelPermissionRules",
    "FieldFolders",
    "DataSetUsageConfiguration",
)
_THEME = ("Name", "BaseThemeId", "Configuration", "VersionDescription")
_SHARED = "AwsAccountId Name Permissions Tags"


def account(properties: Record) -> str:
    """Return the account that a resource is of."""
    return str(properties.get("AwsAccountId") or current().account)


def _arn(properties: Record, kind: str, name: str) -> str:
    return f"arn:aws:quicksight:{current().region}:{account(properties)}:{kind}/{name}"


def _shared(properties: Record) -> Record:
    given: Record = chosen(properties, ["Permissions"])
    if tags := tag_list(properties):
        given["Tags"] = tags
    return given


def _waited(look: Callable[[], Record], status: str) -> Record:
    """Wait until a resource is made; `status` is the member that says so."""
    deadline = time.monotonic() + _WAIT_S
    while True:
        found = look()
        state = found[status]
        if state.endswith("_SUCCESSFUL") or state == "COMPLETED":
            return found
        if state.endswith("FAILED") or state == "CANCELLED":
            error = found.get("ErrorInfo", {})
            raise ValueError(f"{error.get('Type', state)}: {error.get('Message', state)}")
        if time.monotonic() > deadline:
            raise ValueError(f"it was still {state} after {_WAIT_S} s")
        time.sleep(_PAUSE_S)


def _or_back(wait: Callable[[], object], back: Callable[[], object]) -> None:
    """Wait for what was begun, and take it back where it fails: the engine leaves what failed."""
    try:
        wait()
    except ValueError:
        back()
        raise


def _share(call: Call, label: str, given: Record, old: Record, new: Record) -> None:
    """Make the permissions of a resource others, and its tags."""
    before, now = (_by_principal(each) for each in (old, new))
    revoked = _beyond(before, now)
    granted = _beyond(now, before)
    more: Record = {"RevokePermissions": revoked} if revoked else {}
    more |= {"GrantPermissions": granted} if granted else {}
    if more:
        call("quicksight", f"Update{label}Permissions", **given, **more)


def _by_principal(properties: Record) -> dict[str, set[str]]:
    return {each["Principal"]: set(each["Actions"]) for each in properties.get("Permissions") or []}


def _beyond(more: dict[str, set[str]], less: dict[str, set[str]]) -> list[Record]:
    left = {who: sorted(actions - less.get(who, set())) for who, actions in more.items()}
    return [{"Principal": who, "Actions": actions} for who, actions in left.items() if actions]


def _retag(call: Call, arn: str, old: Record, new: Record) -> None:
    added, gone = changed_tags(old, new)
    if gone:
        call("quicksight", "UntagResource", ResourceArn=arn, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("quicksight", "TagResource", ResourceArn=arn, Tags=tags)


def _source(properties: Record, name: str) -> Record:
    return {"AwsAccountId": account(properties), "DataSourceId": name}


def _wait_for_source(call: Call, about: Record) -> Record:
    def look() -> Record:
        found: Record = call("quicksight", "DescribeDataSource", **about)["DataSource"]
        return found

    return _waited(look, "Status")


def _create_source(call: Call, properties: Record, name: str) -> Made:
    about = _source(properties, name)
    given = chosen(properties, (*_SOURCE, "Type")) | _shared(properties)
    call("quicksight", "CreateDataSource", **about, **given)
    _or_back(
        lambda: _wait_for_source(call, about),
        lambda: call("quicksight", "DeleteDataSource", **about),
    )
    return Made(f"{account(properties)}|{name}", {"Arn": _arn(properties, "datasource", name)})


def _update_source(call: Call, made: str, old: Record, new: Record) -> Record:
    name = made.partition("|")[2]
    about = _source(new, name)
    if any(old.get(member) != new.get(member) for member in _SOURCE):
        call("quicksight", "UpdateDataSource", **about, **chosen(new, _SOURCE))
        _or_back(
            lambda: _wait_for_source(call, about),
            lambda: call("quicksight", "UpdateDataSource", **about, **chosen(old, _SOURCE)),
        )
    _share(call, "DataSource", about, old, new)
    arn = _arn(new, "datasource", name)
    _retag(call, arn, old, new)
    return {"Arn": arn}


def _delete_source(call: Call, made: str, properties: Record) -> None:
    call("quicksight", "DeleteDataSource", **_source(properties, made.partition("|")[2]))


def _set(properties: Record, name: str) -> Record:
    return {"AwsAccountId": account(properties), "DataSetId": name}


def _declared(properties: Record) -> Record:
    """Return a data set as its service spells it: members of folders are in small letters there."""
    given: Record = chosen(properties, _SET)
    folders = given.get("FieldFolders") or {}
    small = {
        name: {member.lower(): value for member, value in folder.items()}
        for name, folder in folders.items()
    }
    return {**given, "FieldFolders": small} if small else given


def _ingested(call: Call, about: Record, properties: Record, answer: Record) -> None:
    policy = properties.get("IngestionWaitPolicy") or {}
    if "IngestionId" not in answer or not policy.get("WaitForSpiceIngestion", True):
        return

    def look() -> Record:
        ingestion = answer["IngestionId"]
        found = call("quicksight", "DescribeIngestion", **about, IngestionId=ingestion)
        return dict(found["Ingestion"])

    _waited(look, "IngestionStatus")


def _create_set(call: Call, properties: Record, name: str) -> Made:
    about = _set(properties, name)
    given = _declared(properties) | chosen(properties, ["UseAs"]) | _shared(properties)
    answer = call("quicksight", "CreateDataSet", **about, **given)
    _or_back(
        lambda: _ingested(call, about, properties, answer),
        lambda: call("quicksight", "DeleteDataSet", **about),
    )
    return Made(f"{account(properties)}|{name}", _of_set(call, about))


def _of_set(call: Call, about: Record) -> Record:
    found = call("quicksight", "DescribeDataSet", **about)["DataSet"]
    told: dict[str, Any] = {name: str(found[name]) for name in ("Arn", "CreatedTime")}
    size = found["ConsumedSpiceCapacityInBytes"]
    return {**told, "ConsumedSpiceCapacityInBytes": str(size)}


def _update_set(call: Call, made: str, old: Record, new: Record) -> Record:
    about = _set(new, made.partition("|")[2])
    if any(old.get(member) != new.get(member) for member in _SET):
        answer = call("quicksight", "UpdateDataSet", **about, **_declared(new))
        _or_back(
            lambda: _ingested(call, about, new, answer),
            lambda: call("quicksight", "UpdateDataSet", **about, **_declared(old)),
        )
    if old.get("UseAs") != new.get("UseAs"):
        raise ValueError("UseAs of a data set cannot be changed")
    _share(call, "DataSet", about, old, new)
    attributes = _of_set(call, about)
    _retag(call, attributes["Arn"], old, new)
    return attributes


def _delete_set(call: Call, made: str, properties: Record) -> None:
    call("quicksight", "DeleteDataSet", **_set(properties, made.partition("|")[2]))


def _theme(properties: Record, name: str) -> Record:
    return {"AwsAccountId": account(properties), "ThemeId": name}


def _create_theme(call: Call, properties: Record, name: str) -> Made:
    about = _theme(properties, name)
    given = chosen(properties, _THEME) | _shared(properties)
    call("quicksight", "CreateTheme", **about, **given)
    return Made(f"{name}|{account(properties)}", _of_theme(call, about))


def _of_theme(call: Call, about: Record) -> Record:
    found = call("quicksight", "DescribeTheme", **about)["Theme"]
    return {name: str(found[name]) for name in ("Arn", "CreatedTime", "LastUpdatedTime", "Type")}


def _update_theme(call: Call, made: str, old: Record, new: Record) -> Record:
    about = _theme(new, made.partition("|")[0])
    if any(old.get(member) != new.get(member) for member in _THEME):
        call("quicksight", "UpdateTheme", **about, **chosen(new, _THEME))
    _share(call, "Theme", about, old, new)
    attributes = _of_theme(call, about)
    _retag(call, attributes["Arn"], old, new)
    return attributes


def _delete_theme(call: Call, made: str, properties: Record) -> None:
    call("quicksight", "DeleteTheme", **_theme(properties, made.partition("|")[0]))


TYPES = {
    "AWS::QuickSight::DataSource": Resource(
        names(f"{_SHARED} DataSourceId DataSourceParameters SslProperties Type"),
        _create_source,
        _update_source,
        _delete_source,
        named_by="DataSourceId",
    ),
    "AWS::QuickSight::DataSet": Resource(
        names(f"{_SHARED} DataSetId UseAs IngestionWaitPolicy {' '.join(_SET)}"),
        _create_set,
        _update_set,
        _delete_set,
        named_by="DataSetId",
        refused=("IngestionWaitPolicy/IngestionWaitTimeInHours",),
    ),
    "AWS::QuickSight::Theme": Resource(
        names(f"{_SHARED} ThemeId {' '.join(_THEME)}"),
        _create_theme,
        _update_theme,
        _delete_theme,
        named_by="ThemeId",
    ),
}
