"""An application's configuration: what is taken, what it becomes, and how it is told."""

import base64
import hashlib
from typing import Any, Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2.errors import invalid_argument
from local_aws.protocol.errors import not_supported
from local_aws.protocol.service import Record

RUN_OPTIONS: Final = "kinesis.analytics.flink.run.options"
LATEST: Final = "RESTORE_FROM_LATEST_SNAPSHOT"
CUSTOM: Final = "RESTORE_FROM_CUSTOM_SNAPSHOT"
SKIP: Final = "SKIP_RESTORE_FROM_SNAPSHOT"

_DEFAULTS: Final[dict[str, Record]] = {
    "CheckpointConfiguration": {
        "CheckpointingEnabled": True,
        "CheckpointInterval": 60_000,
        "MinPauseBetweenCheckpoints": 5_000,
    },
    "MonitoringConfiguration": {"MetricsLevel": "APPLICATION", "LogLevel": "INFO"},
    "ParallelismConfiguration": {
        "Parallelism": 1,
        "ParallelismPerKPU": 1,
        "AutoScalingEnabled": True,
    },
}
_MOST_PARALLEL: Final = 256
_MOST_PER_KPU: Final = 8
_UNSUPPORTED_OPTIONS: Final = ("pyModule", "pyExecutable", "pyRequirements")
_NOT_HERE: Final = ("SqlApplicationConfiguration", "VpcConfigurations")
_OF_STUDIO: Final = "ZeppelinApplicationConfiguration"
_OBJECT: Final = ("BucketARN", "FileKey")
_SHORT: Final = ("EnvironmentPropertyUpdates", "EnvironmentProperties")


def checked(given: Record, mode: str) -> Record:
    """Check a configuration and fill in what AWS fills in.

    Raises
    ------
    ServiceError
        InvalidArgumentException for what breaks a rule, NotImplementedException by name for what
        AWS has and nothing here carries out.
    """
    if mode == "STREAMING" and given.get(_OF_STUDIO):
        raise invalid_argument(f"{_OF_STUDIO} is of INTERACTIVE applications.")
    for member in _NOT_HERE:
        if given.get(member):
            raise not_supported(f"{member} of kinesisanalyticsv2's applications")
    key = given.get("ApplicationEncryptionConfiguration") or {"KeyType": "AWS_OWNED_KEY"}
    if key["KeyType"] != "AWS_OWNED_KEY":
        raise not_supported("an ApplicationEncryptionConfiguration with CUSTOMER_MANAGED_KEY")
    flink = given.get("FlinkApplicationConfiguration") or {}
    made = {
        **given,
        "FlinkApplicationConfiguration": {
            part: _filled(flink.get(part) or {}, defaults) for part, defaults in _DEFAULTS.items()
        },
        "ApplicationSnapshotConfiguration": given.get("ApplicationSnapshotConfiguration")
        or {"SnapshotsEnabled": True},
        "ApplicationSystemRollbackConfiguration": given.get(
            "ApplicationSystemRollbackConfiguration"
        )
        or {"RollbackEnabled": False},
        "ApplicationEncryptionConfiguration": key,
    }
    _check_parallelism(made["FlinkApplicationConfiguration"]["ParallelismConfiguration"])
    _check_groups(made)
    return made


def updated(configuration: Record, update: Record, mode: str) -> Record:
    """Carry out an update: members are replaced one by one, property groups all at once."""
    return checked(_merged(configuration, _without_update(update)), mode)


def groups(configuration: Record) -> dict[str, dict[str, str]]:
    """Return the property groups."""
    listed = (configuration.get("EnvironmentProperties") or {}).get("PropertyGroups") or []
    return {each["PropertyGroupId"]: each["PropertyMap"] for each in listed}


def kpus(configuration: Record) -> int:
    """Return how many processing units an application has, with the one that manages it."""
    wanted = configuration["FlinkApplicationConfiguration"]["ParallelismConfiguration"]
    return -(-int(wanted["Parallelism"]) // int(wanted["ParallelismPerKPU"])) + 1


def run_configuration(given: Record) -> Record:
    """Return how an application is run; what was not sent falls back, whatever it was before."""
    flink = given.get("FlinkRunConfiguration") or {}
    restore = given.get("ApplicationRestoreConfiguration") or {"ApplicationRestoreType": LATEST}
    if given.get("SqlRunConfigurations"):
        raise invalid_argument("SqlRunConfigurations belong to applications in SQL.")
    if (restore["ApplicationRestoreType"] == CUSTOM) != ("SnapshotName" in restore):
        raise invalid_argument(f"SnapshotName goes with the restore type {CUSTOM}, and only there.")
    allowed = bool(flink.get("AllowNonRestoredState", False))
    return {
        "FlinkRunConfiguration": {"AllowNonRestoredState": allowed},
        "ApplicationRestoreConfiguration": restore,
    }


def description(application: Document, *, plan: bool = False) -> Record:
    """Tell a configuration as DescribeApplication does.

    Parameters
    ----------
    application : dict
    plan : bool
        Whether the job's plan is told too.
    """
    given = application["Configuration"]
    told: Record = {}
    if "ApplicationCodeConfiguration" in given:
        told["ApplicationCodeConfigurationDescription"] = _code(application)
    if application.get("Run"):
        told["RunConfigurationDescription"] = {
            f"{part}Description": value for part, value in application["Run"].items()
        }
    told["FlinkApplicationConfigurationDescription"] = _flink(application, plan=plan)
    for part in ("ApplicationSnapshotConfiguration", "ApplicationSystemRollbackConfiguration"):
        if application["Mode"] == "STREAMING":
            told[f"{part}Description"] = given[part]
    if "EnvironmentProperties" in given:
        listed = given["EnvironmentProperties"]["PropertyGroups"]
        told["EnvironmentPropertyDescriptions"] = {"PropertyGroupDescriptions": listed}
    if zeppelin := given.get(_OF_STUDIO):
        told[f"{_OF_STUDIO}Description"] = _described(zeppelin)
    told["ApplicationEncryptionConfigurationDescription"] = given[
        "ApplicationEncryptionConfiguration"
    ]
    return told


def code_facts(content: bytes) -> Record:
    """Return size and MD5 of code, as they are told."""
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return {"CodeMD5": base64.b64encode(digest).decode(), "CodeSize": len(content)}


def _code(application: Document) -> Record:
    given = application["Configuration"]["ApplicationCodeConfiguration"]
    content = given.get("CodeContent") or {}
    told: Record = dict(application.get("Code") or {})
    if place := content.get("S3ContentLocation"):
        told["S3ApplicationCodeLocationDescription"] = place
    if "TextContent" in content:
        told["TextContent"] = content["TextContent"]
    return {"CodeContentType": given["CodeContentType"], "CodeContentDescription": told}


def _flink(application: Document, *, plan: bool) -> Record:
    given = application["Configuration"]["FlinkApplicationConfiguration"]
    told = {f"{part}Description": dict(value) for part, value in given.items()}
    parallelism = told["ParallelismConfigurationDescription"]
    parallelism["CurrentParallelism"] = parallelism["Parallelism"]
    if plan and application.get("Plan"):
        told["JobPlanDescription"] = application["Plan"]
    return told


def _described(value: Any) -> Any:
    if isinstance(value, list):
        return [_described(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        f"{name}Description" if isinstance(part, dict | list) else name: _described(part)
        for name, part in value.items()
    }


def _filled(given: Record, defaults: Record) -> Record:
    kind = given.get("ConfigurationType", "DEFAULT")
    # with DEFAULT, AWS takes its own values even where others were sent
    own = {name: given[name] for name in defaults if name in given} if kind == "CUSTOM" else {}
    return {"ConfigurationType": kind, **defaults, **own}


def _check_parallelism(given: Record) -> None:
    parallelism, per_kpu = given["Parallelism"], given["ParallelismPerKPU"]
    if parallelism > _MOST_PARALLEL or per_kpu > _MOST_PER_KPU:
        raise invalid_argument(
            f"Parallelism is at most {_MOST_PARALLEL} and ParallelismPerKPU at most "
            f"{_MOST_PER_KPU}, not {parallelism} and {per_kpu}."
        )


def _check_groups(configuration: Record) -> None:
    listed = (configuration.get("EnvironmentProperties") or {}).get("PropertyGroups") or []
    named = [each["PropertyGroupId"] for each in listed]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise invalid_argument(f"The property group {twice[0]} is there twice.")
    for option in _UNSUPPORTED_OPTIONS:
        if option in groups(configuration).get(RUN_OPTIONS, {}):
            raise invalid_argument(f"{RUN_OPTIONS} does not support {option}.")


def _without_update(update: Any) -> Any:
    if not isinstance(update, dict):
        return update
    made = {}
    for name, value in update.items():
        if name == _SHORT[0]:
            made[_SHORT[1]] = value
        else:
            made[name.removesuffix("Updates").removesuffix("Update")] = _without_update(value)
    return made


def _code_content(before: Record, after: Record) -> Record:
    """Replace code by code of another kind, or in another place; a version goes with its object."""
    place = after.get("S3ContentLocation")
    if place is None:
        return after
    known = dict(before.get("S3ContentLocation") or {})
    if any(place.get(part, known.get(part)) != known.get(part) for part in _OBJECT):
        known.pop("ObjectVersion", None)
    return {"S3ContentLocation": {**known, **place}}


def _merged(before: Record, after: Record) -> Record:
    made = dict(before)
    for name, value in after.items():
        if name == "CodeContent":
            made[name] = _code_content(made.get(name) or {}, value)
        elif isinstance(value, dict) and isinstance(made.get(name), dict) and name != _SHORT[1]:
            made[name] = _merged(made[name], value)
        else:
            made[name] = value
    return made
