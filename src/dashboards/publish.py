"""The dashboard in QuickSight: published when its definition changed, told where it is wrong.

What it is drawn from (data source, datasets, group, theme) is the stack ``dashboards``.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dashboards import definition, quicksight
from dashboards.datasets import DATASETS
from helpers.errors import InputError

if TYPE_CHECKING:
    from mypy_boto3_quicksight.type_defs import DashboardVersionDefinitionTypeDef

NAME: Final = "Store"
READS: Final = (
    "quicksight:DescribeDashboard",
    "quicksight:ListDashboardVersions",
    "quicksight:QueryDashboard",
)
"""What the group may do with the dashboard: look at it."""
_STRICT: Final = {"Mode": "STRICT"}
_OPTIONS: Final = {
    "AdHocFilteringOption": {"AvailabilityStatus": "ENABLED"},
    "ExportToCSVOption": {"AvailabilityStatus": "ENABLED"},
}


@dataclass(frozen=True)
class Published:
    """The dashboard as its readers see it.

    Attributes
    ----------
    dashboard : str
        Its id.
    version : int
        The version that is published.
    digest : str
        Of its definition, theme and options.
    changed : bool
        Whether this made the version.
    """

    dashboard: str
    version: int
    digest: str
    changed: bool


def publish(
    stage: str,
    wanted: "Callable[[dict[str, str]], DashboardVersionDefinitionTypeDef] | None" = None,
) -> Published:
    """Publish the dashboard of a stage where its definition is another than the published one.

    Parameters
    ----------
    stage : str
        Its stack ``dashboards`` is there.
    wanted : callable, optional
        Takes each dataset's ARN by its name and gives the definition; `definition.build` by
        default.

    Returns
    -------
    Published
        What is to be seen now.

    Raises
    ------
    InputError
        Where QuickSight finds the definition wrong, with the path of each part that is; what was
        published stays.
    MissingError
        Where the stack is not there.
    ServiceError
        Where the service refuses or is out of reach.
    """
    arns = {
        dataset.name: quicksight.found(
            "The dataset", "describe_data_set", **quicksight.of(stage, dataset.name)
        )["DataSet"]["Arn"]
        for dataset in DATASETS
    }
    body = (wanted or definition.build)(arns)
    theme = quicksight.found("The theme", "describe_theme", ThemeId=f"ecommerce-{stage}")["Theme"][
        "Arn"
    ]
    digest = _digest(body, theme)
    given = {
        "DashboardId": f"ecommerce-{stage}",
        "Name": f"{NAME} ({stage})",
        "Definition": body,
        "ThemeArn": theme,
        "VersionDescription": digest,
        "ValidationStrategy": _STRICT,
        "DashboardPublishOptions": _OPTIONS,
    }
    there = _published(given["DashboardId"])
    if there is not None and there.get("Description") == digest and _is_good(there):
        _share(stage)
        return Published(given["DashboardId"], there["VersionNumber"], digest, False)
    version = _made(given, stage, is_new=there is None)
    _share(stage)
    return Published(given["DashboardId"], version, digest, True)


def _made(given: Mapping[str, Any], stage: str, *, is_new: bool) -> int:
    """Make a version, and show it to the readers; returns its number."""
    dashboard = given["DashboardId"]
    if is_new:
        tags = [{"Key": "stage", "Value": stage}]
        answer = quicksight.call(
            "create_dashboard", **given, Permissions=[_reads(stage)], Tags=tags
        )
    else:
        answer = quicksight.call("update_dashboard", **given)
    number = int(answer["VersionArn"].rpartition("/")[2])
    for pause in quicksight.pauses():
        version = _version(dashboard, number)
        if not version["Status"].endswith("_IN_PROGRESS"):
            break
        time.sleep(pause)
    if not _is_good(version):
        raise InputError(
            f"QuickSight does not take version {number} of {dashboard}; what was published "
            "stays:\n" + "\n".join(_told(version))
        )
    if not is_new:
        quicksight.call(
            "update_dashboard_published_version", DashboardId=dashboard, VersionNumber=number
        )
    return number


def _told(version: Mapping[str, Any]) -> list[str]:
    """Say each error of a version with the paths that it is about."""
    found = []
    for error in version.get("Errors") or [{"Type": version["Status"], "Message": "no reason"}]:
        paths = [entity["Path"] for entity in error.get("ViolatedEntities", ())]
        found.append(f"{', '.join(paths) or 'the definition'}: {error['Type']}: {error['Message']}")
    return found


def _is_good(version: Mapping[str, Any]) -> bool:
    return str(version["Status"]).endswith("_SUCCESSFUL")


def _published(dashboard: str) -> dict[str, Any] | None:
    try:
        found = quicksight.call("describe_dashboard", DashboardId=dashboard)["Dashboard"]["Version"]
    except quicksight.NotFoundError:
        return None
    return dict(found)


def _version(dashboard: str, number: int) -> dict[str, Any]:
    found = quicksight.call("describe_dashboard", DashboardId=dashboard, VersionNumber=number)
    return dict(found["Dashboard"]["Version"])


def _share(stage: str) -> None:
    """Let the group look at the dashboard: without leave nobody sees it."""
    dashboard = f"ecommerce-{stage}"
    held = quicksight.call("describe_dashboard_permissions", DashboardId=dashboard)["Permissions"]
    wanted = _reads(stage)
    there = {action for each in held for action in each["Actions"] if _same(each, wanted)}
    if not there.issuperset(wanted["Actions"]):
        quicksight.call(
            "update_dashboard_permissions", DashboardId=dashboard, GrantPermissions=[wanted]
        )


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["Principal"] == other["Principal"])


def _reads(stage: str) -> dict[str, Any]:
    given = {"Namespace": quicksight.NAMESPACE, "GroupName": f"ecommerce-{stage}-managers"}
    group = quicksight.found("The group", "describe_group", **given)["Group"]
    return {"Principal": group["Arn"], "Actions": list(READS)}


def _digest(body: "DashboardVersionDefinitionTypeDef", theme: str) -> str:
    """Tell one version from another: SHA-256 of all that a version is."""
    whole = json.dumps([body, theme, _OPTIONS], sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"
