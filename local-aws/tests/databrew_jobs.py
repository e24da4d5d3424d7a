"""Jobs of DataBrew as tests make and await them."""

import json
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3

ROLE = "arn:aws:iam::000000000000:role/brew"
FULL = {"Mode": "FULL_DATASET"}
UNDER_WAY = ("STARTING", "RUNNING", "STOPPING")
PATIENCE_S = 60
_numbers = count()


def name(kind: str) -> str:
    """Make a name that no other test has."""
    return f"{kind}-{next(_numbers)}"


def ended(client: Any, job: str, run: str) -> dict[str, Any]:
    """Await the end of a run."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        told: dict[str, Any] = client.describe_job_run(Name=job, RunId=run)
        if told["State"] not in UNDER_WAY:
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.02)


@dataclass(frozen=True)
class Brew:
    """One bucket, whose files are datasets and where jobs write."""

    bucket: str
    role: str = ROLE

    @property
    def client(self) -> Any:
        return boto3.client("databrew")

    def put(self, key: str, body: str | bytes) -> None:
        data = body.encode() if isinstance(body, str) else body
        boto3.client("s3").put_object(Bucket=self.bucket, Key=key, Body=data)

    def read(self, key: str) -> bytes:
        body: bytes = boto3.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def listed(self, prefix: str = "") -> list[str]:
        found = boto3.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", [])]

    def dataset(self, key: str, **given: Any) -> str:
        made = name("dataset")
        place = {"S3InputDefinition": {"Bucket": self.bucket, "Key": key}}
        self.client.create_dataset(Name=made, Input=place, **given)
        return made

    def dataset_of_csv(self, text: str | bytes, **given: Any) -> str:
        key = f"{name('raw')}.csv"
        self.put(key, text)
        return self.dataset(key, Format="CSV", **given)

    def ruleset(self, dataset: str, *rules: dict[str, Any], **given: Any) -> str:
        made = name("ruleset")
        target = self.client.describe_dataset(Name=dataset)["ResourceArn"]
        self.client.create_ruleset(Name=made, TargetArn=target, Rules=list(rules), **given)
        return made

    def profile_job(self, dataset: str, *rulesets: str, **given: Any) -> str:
        made = name("profile")
        arns = [self.client.describe_ruleset(Name=each)["ResourceArn"] for each in rulesets]
        if arns:
            given["ValidationConfigurations"] = [{"RulesetArn": each} for each in arns]
        self.client.create_profile_job(
            **{
                "Name": made,
                "DatasetName": dataset,
                "RoleArn": self.role,
                "OutputLocation": {"Bucket": self.bucket, "Key": "profiles/"},
                "JobSample": FULL,
                **given,
            }
        )
        return made

    def run(self, job: str) -> dict[str, Any]:
        return ended(self.client, job, self.client.start_job_run(Name=job)["RunId"])

    def profile(self, dataset: str, *rulesets: str, **given: Any) -> list[dict[str, Any]]:
        """Run a profile job to its success: what it wrote."""
        told = self.run(self.profile_job(dataset, *rulesets, **given))
        assert told["State"] == "SUCCEEDED", told
        return [json.loads(self.read(each["Location"]["Key"])) for each in told["Outputs"]]

    def judged(self, text: str, *rules: dict[str, Any]) -> list[dict[str, Any]]:
        """Hold rules against a CSV text: the results of the rules."""
        dataset = self.dataset_of_csv(text)
        report = self.profile(dataset, self.ruleset(dataset, *rules))[1]
        results: list[dict[str, Any]] = report["rulesetResults"][0]["ruleResults"]
        return results

    def recipe(self, *steps: dict[str, Any]) -> str:
        """Publish a recipe."""
        made = name("recipe")
        self.client.create_recipe(Name=made, Steps=list(steps))
        self.client.publish_recipe(Name=made)
        return made

    def recipe_job(self, dataset: str, recipe: str, **output: Any) -> str:
        made = name("job")
        place = {"Bucket": self.bucket, "Key": f"{made}/"}
        self.client.create_recipe_job(
            Name=made,
            DatasetName=dataset,
            RecipeReference={"Name": recipe},
            RoleArn=self.role,
            Outputs=[{"Location": place, "Format": "PARQUET", "Overwrite": True, **output}],
        )
        return made


def step(operation: str, *conditions: dict[str, str], **parameters: str) -> dict[str, Any]:
    """Write a step of a recipe."""
    found: dict[str, Any] = {"Action": {"Operation": operation, "Parameters": parameters}}
    return {**found, "ConditionExpressions": list(conditions)} if conditions else found
