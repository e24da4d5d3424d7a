"""The same by AWS Glue DataBrew: a recipe and a profile with the rules, made, run and read."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, MissingError, ServiceError
from helpers.quality.rules import Rules

PREFIX: Final = "databrew/"
"""Where in the bucket of results its role may write (``infra/roles.yaml``)."""
_UNDER_WAY: Final = ("STARTING", "RUNNING", "STOPPING")
_LOOK_EVERY_S: Final = (0.1, 10.0)


@dataclass(frozen=True)
class Place:
    """In which role DataBrew acts, and where it writes.

    Attributes
    ----------
    role : str
        The role's ARN.
    bucket : str
        The bucket of results.
    """

    role: str
    bucket: str


def place(stage: str) -> Place:
    """Find the role and the bucket that a deployment declares for DataBrew.

    Raises
    ------
    MissingError
        Where the stage is not deployed.
    """
    return Place(
        _output(f"ecommerce-{stage}-roles", "DataBrewRoleArn"),
        _output(f"ecommerce-{stage}-data", "ResultsBucketName"),
    )


def _output(stack: str, name: str) -> str:
    try:
        found = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        raise MissingError(f"The stack {stack}") from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    if name not in outputs:
        raise MissingError(f"The output {name} of the stack {stack}")
    return str(outputs[name])


def put_table(name: str, *, database: str, table: str) -> str:
    """Declare a table of the Glue catalog as a dataset, or declare it anew.

    Returns
    -------
    str
        The dataset's ARN.
    """
    definition = {"DatabaseName": database, "TableName": table}
    return _put_dataset(name, Input={"DataCatalogInputDefinition": definition})


def put_files(name: str, *, bucket: str, prefix: str) -> str:
    """Declare Parquet files as a dataset, or declare it anew; returns its ARN."""
    definition = {"Bucket": bucket, "Key": prefix}
    return _put_dataset(name, Input={"S3InputDefinition": definition}, Format="PARQUET")


def _put_dataset(name: str, **given: Any) -> str:
    client = aws.client("databrew")
    _put(client.create_dataset, client.update_dataset, Name=name, **given)
    return str(_call(client.describe_dataset, Name=name)["ResourceArn"])


def put_ruleset(rules: Rules, dataset: str) -> str:
    """Send the rules as they stand, for a dataset of this ARN.

    Returns
    -------
    str
        The ruleset's ARN.

    Raises
    ------
    InputError
        Where a ruleset of this name is another dataset's: it cannot be moved.
    """
    client = aws.client("databrew")
    name = rules.ruleset["Name"]
    try:
        client.create_ruleset(TargetArn=dataset, **rules.ruleset)
    except client.exceptions.ConflictException:
        target = _call(client.describe_ruleset, Name=name)["TargetArn"]
        if target != dataset:
            raise InputError(
                f"The ruleset {name} is of {target}: delete it, or name the rules otherwise."
            ) from None
        _call(client.update_ruleset, **rules.ruleset)
    except (BotoCoreError, ClientError) as error:
        raise _refused(error) from error
    return str(_call(client.describe_ruleset, Name=name)["ResourceArn"])


def put_recipe(name: str, steps: list[dict[str, Any]]) -> str:
    """Publish a recipe where its steps are new; returns the version that has them."""
    client = aws.client("databrew")
    _put(client.create_recipe, client.update_recipe, Name=name, Steps=steps)
    versions = _call(client.list_recipe_versions, Name=name)["Recipes"]
    newest = max(versions, key=lambda each: float(each["RecipeVersion"]), default=None)
    if newest is None or newest["Steps"] != steps:
        _call(client.publish_recipe, Name=name)
    return str(_call(client.describe_recipe, Name=name)["RecipeVersion"])


def run_recipe(
    name: str, *, dataset: str, recipe: str, version: str, where: Place, prefix: str
) -> dict[str, Any]:
    """Run a recipe over a whole dataset and await its end; what lay under the prefix is replaced.

    Returns
    -------
    dict
        The run, as DescribeJobRun tells it.

    Raises
    ------
    InputError
        Where the run fails, with the service's message.
    """
    client = aws.client("databrew")
    output = {
        "Location": {"Bucket": where.bucket, "Key": prefix},
        "Format": "PARQUET",
        "CompressionFormat": "SNAPPY",
        "Overwrite": True,
    }
    _delete_job(name)  # an update keeps the version of the recipe that it was made with
    reference = {"Name": recipe, "RecipeVersion": version}
    given = {"RoleArn": where.role, "Outputs": [output], "DatasetName": dataset}
    _call(client.create_recipe_job, Name=name, RecipeReference=reference, **given)
    return _run(name)


def run_profile(
    name: str, *, dataset: str, ruleset: str, where: Place
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Profile a whole dataset, hold a ruleset against it, and await the end.

    Returns
    -------
    tuple of dict
        The profile and the validation report, as the service writes them.

    Raises
    ------
    InputError
        Where the run fails, with the service's message.
    """
    client = aws.client("databrew")
    given = {
        "RoleArn": where.role,
        "OutputLocation": {"Bucket": where.bucket, "Key": f"{PREFIX}profiles/"},
        "JobSample": {"Mode": "FULL_DATASET"},  # left out it would be the first 20,000 rows
        "ValidationConfigurations": [{"RulesetArn": ruleset, "ValidationMode": "CHECK_ALL"}],
    }
    _delete_job(name)  # it may be of another dataset
    _call(client.create_profile_job, Name=name, DatasetName=dataset, **given)
    written = [
        _read(each["Location"]["Bucket"], each["Location"]["Key"]) for each in _run(name)["Outputs"]
    ]
    report = next(each for each in written if "rulesetResults" in each)
    return next(each for each in written if "columns" in each), report


def columns(profile: dict[str, Any]) -> pd.DataFrame:
    """Give a row for each profiled column of a profile, with names as `helpers.profile.columns`."""
    return pd.DataFrame(
        {
            "column": each["name"],
            "type": each["type"],
            "missing": each["missingValuesCount"],
            "distinct": each["distinctValuesCount"],
            "unique": each["uniqueValuesCount"],
            "entropy": each["entropy"],
            "mean": each.get("mean"),
            "deviation": each.get("standardDeviation"),
            "median": each.get("median"),
            "outliers": each.get("zScoreOutliersCount"),
        }
        for each in profile["columns"]
    )


def results(report: dict[str, Any]) -> pd.DataFrame:
    """Give a row for each rule of a validation report, or for each column that it selected."""
    lines = []
    for ruleset in report["rulesetResults"]:
        for rule in ruleset["ruleResults"]:
            for each in rule.get("columnResults", [rule | {"name": ""}]):
                failed = each.get("failedCount")
                line = {"column": each["name"], "failed": failed, "status": each["status"]}
                lines.append({"rule": rule["name"], **line})
    return pd.DataFrame(lines)


def _run(name: str) -> dict[str, Any]:
    client = aws.client("databrew")
    run = _call(client.start_job_run, Name=name)["RunId"]
    pause, longest = _LOOK_EVERY_S
    while True:
        told = _call(client.describe_job_run, Name=name, RunId=run)
        if told["State"] not in _UNDER_WAY:
            break
        time.sleep(pause)
        pause = min(pause * 2, longest)
    if told["State"] != "SUCCEEDED":
        raise InputError(f"The job {name} is {told['State']}: {told.get('ErrorMessage', '')}")
    return told


def _read(bucket: str, key: str) -> dict[str, Any]:
    body = _call(aws.client("s3").get_object, Bucket=bucket, Key=key)["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def _put(create: Callable[..., Any], update: Callable[..., Any], **given: Any) -> None:
    """Make a resource, or change it where there is one of its name."""
    try:
        create(**given)
    except aws.client("databrew").exceptions.ConflictException:
        _call(update, **given)
    except (BotoCoreError, ClientError) as error:
        raise _refused(error) from error


def _delete_job(name: str) -> None:
    client = aws.client("databrew")
    try:
        client.delete_job(Name=name)
    except client.exceptions.ResourceNotFoundException:
        return
    except (BotoCoreError, ClientError) as error:
        raise _refused(error) from error


def _call(call: Callable[..., Any], **given: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = call(**given)
    except (BotoCoreError, ClientError) as error:
        raise _refused(error) from error
    return found


def _refused(error: Exception) -> ServiceError:
    return ServiceError(f"DataBrew refused: {error}")
