"""Jobs: what is to be done with a dataset, in which role, and where what comes of it goes."""

import re

from local_aws.databrew import recipes, resources
from local_aws.databrew.datasets import check_delimiter
from local_aws.databrew.errors import conflict, invalid
from local_aws.databrew.profile import configuration
from local_aws.databrew.store import Document, Store
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

DEFAULT_SAMPLE = {"Mode": "CUSTOM_ROWS", "Size": 20_000}
FINAL = ("STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT")
FORMATS = ("CSV", "JSON", "PARQUET", "GLUEPARQUET")
COMPRESSIONS = {
    "CSV": ("GZIP", "ZSTD"),
    "JSON": ("GZIP", "ZSTD"),
    "PARQUET": ("SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4"),
    "GLUEPARQUET": ("SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4"),
}
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")


def create_profile(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateProfileJob."""
    resources.found(store, tenant, "dataset", given["DatasetName"])
    _check_profile(store, tenant, given, given["DatasetName"])
    document = resources.made(store, tenant, "job", _profile(given) | {"Type": "PROFILE"})
    store.put(tenant, "job", given["Name"], document)
    return {"Name": given["Name"]}


def update_profile(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateProfileJob."""
    document = _of_type(store, tenant, given["Name"], "PROFILE")
    _check_profile(store, tenant, given, document["DatasetName"])
    after = _profile(given) | {"DatasetName": document["DatasetName"]}
    store.put(tenant, "job", given["Name"], resources.changed(tenant, document, after))
    return {"Name": given["Name"]}


def create_recipe(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateRecipeJob: of a dataset and a published recipe."""
    if "ProjectName" in given:
        raise not_supported("recipe jobs of a project")
    if "DatasetName" not in given or "RecipeReference" not in given:
        raise invalid("A recipe job needs a DatasetName and a RecipeReference.")
    resources.found(store, tenant, "dataset", given["DatasetName"])
    reference = recipes.resolved(store, tenant, given["RecipeReference"])
    _check_recipe(given)
    body = _common(given) | {"Type": "RECIPE", "RecipeReference": reference}
    store.put(tenant, "job", given["Name"], resources.made(store, tenant, "job", body))
    return {"Name": given["Name"]}


def update_recipe(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateRecipeJob."""
    document = _of_type(store, tenant, given["Name"], "RECIPE")
    _check_recipe(given)
    kept = {name: document[name] for name in ("DatasetName", "RecipeReference")}
    after = resources.changed(tenant, document, _common(given) | kept)
    store.put(tenant, "job", given["Name"], after)
    return {"Name": given["Name"]}


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeJob."""
    document = resources.found(store, tenant, "job", given["Name"])
    return dict(resources.shown({k: v for k, v in document.items() if k != "AccountId"}))


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListJobs, of one dataset where it is named."""
    if "ProjectName" in given:
        raise not_supported("jobs of a project")
    items = [
        {name: value for name, value in each.items() if name != "ProfileConfiguration"}
        for each in store.all(tenant, "job")
        if each["DatasetName"] == given.get("DatasetName", each["DatasetName"])
    ]
    return resources.page("Jobs", items, given)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteJob with what is known of its runs; not while one runs."""
    name = given["Name"]
    resources.found(store, tenant, "job", name)
    if any(run["State"] not in FINAL for run in store.all(tenant, "run", name)):
        raise conflict(f"The job {name} is running.")
    store.delete(tenant, "job", name)
    store.delete_owned(tenant, "run", name)
    return {"Name": name}


def _of_type(store: Store, tenant: Tenant, name: str, kind: str) -> Document:
    document = resources.found(store, tenant, "job", name)
    if document["Type"] != kind:
        raise invalid(f"The job {name} is a {document['Type'].lower()} job.")
    return document


def _check_profile(store: Store, tenant: Tenant, given: Document, dataset: str) -> None:
    configuration.check(given.get("Configuration", {}))
    sample = given.get("JobSample", DEFAULT_SAMPLE)
    if (sample.get("Mode") == "CUSTOM_ROWS") != ("Size" in sample) or sample.get("Size", 1) < 1:
        raise invalid("JobSample has a Size of at least 1 in the mode CUSTOM_ROWS, and only there.")
    target = resources.arn(tenant, "dataset", dataset)
    for each in given.get("ValidationConfigurations", []):
        name = each["RulesetArn"].rpartition("/")[2]
        ruleset = resources.found(store, tenant, "ruleset", name)
        if each["RulesetArn"] != ruleset["ResourceArn"]:
            raise invalid(f"{each['RulesetArn']} is no ruleset of this account and region.")
        if ruleset["TargetArn"] != target:
            raise invalid(f"The ruleset {name} is not of the dataset {dataset}.")
    _check_common(given)


def _check_recipe(given: Document) -> None:
    for name in ("DataCatalogOutputs", "DatabaseOutputs"):
        if name in given:
            raise not_supported(f"{name} of a recipe job")
    if not given.get("Outputs"):
        raise invalid("A recipe job needs Outputs.")
    for each in given["Outputs"]:
        kind = each.get("Format", "CSV")
        if kind not in FORMATS:
            raise not_supported(f"outputs of the format {kind}")
        compression = each.get("CompressionFormat")
        if compression and compression not in COMPRESSIONS[kind]:
            raise not_supported(f"the compression {compression} of {kind}")
        if "FormatOptions" in each and kind != "CSV":
            raise invalid("FormatOptions of an output are of CSV.")
        check_delimiter(each.get("FormatOptions", {}).get("Csv", {}))
    _check_common(given)


def _check_common(given: Document) -> None:
    if not _ROLE.fullmatch(given["RoleArn"]):
        raise invalid(f"{given['RoleArn']} is not the ARN of a role.")
    if given.get("EncryptionMode") == "SSE-KMS" or "EncryptionKeyArn" in given:
        raise not_supported("jobs that encrypt with a KMS key")
    if given.get("LogSubscription") == "ENABLE":
        raise not_supported("the LogSubscription of a job")
    if given.get("MaxCapacity", 1) < 1:
        raise invalid("A job's MaxCapacity is at least 1.")
    if given.get("MaxRetries"):
        raise not_supported("MaxRetries of a job")


def _profile(given: Document) -> Document:
    told = _common(given)
    if "Configuration" in told:
        told["ProfileConfiguration"] = told.pop("Configuration")
    told["Outputs"] = [{"Location": told.pop("OutputLocation")}]
    told.setdefault("JobSample", DEFAULT_SAMPLE)
    for each in told.get("ValidationConfigurations", []):
        each.setdefault("ValidationMode", "CHECK_ALL")
    return told


def _common(given: Document) -> Document:
    defaults = {"LogSubscription": "DISABLE", "MaxCapacity": 5, "MaxRetries": 0, "Timeout": 2880}
    return defaults | given
