"""Datasets: where data is and how it is read."""

from local_aws.databrew import resources
from local_aws.databrew.errors import conflict, invalid
from local_aws.databrew.store import Document, Store
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

READ = ("CSV", "JSON", "PARQUET")
DELIMITERS = frozenset(",:;|\t^\\ ")
"""What may stand between the fields of a CSV file (API reference, CsvOptions)."""
_OPTIONS = {"CSV": "Csv", "JSON": "Json"}
_SOURCES = {"S3InputDefinition": "S3", "DataCatalogInputDefinition": "DATA-CATALOG"}


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateDataset."""
    document = resources.made(store, tenant, "dataset", given | {"Source": _source(given)})
    store.put(tenant, "dataset", given["Name"], document)
    return {"Name": given["Name"]}


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDataset."""
    document = resources.found(store, tenant, "dataset", given["Name"])
    source = {"Source": _source(given)}
    store.put(tenant, "dataset", given["Name"], resources.changed(tenant, document, given | source))
    return {"Name": given["Name"]}


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDataset."""
    document = resources.found(store, tenant, "dataset", given["Name"])
    return dict(resources.shown({k: v for k, v in document.items() if k != "AccountId"}))


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDatasets."""
    return resources.page("Datasets", store.all(tenant, "dataset"), given)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteDataset; not while a job or a ruleset needs it."""
    name = given["Name"]
    document = resources.found(store, tenant, "dataset", name)
    users = [f"job {j['Name']}" for j in store.all(tenant, "job") if j["DatasetName"] == name]
    users += [
        f"ruleset {ruleset['Name']}"
        for ruleset in store.all(tenant, "ruleset")
        if ruleset["TargetArn"] == document["ResourceArn"]
    ]
    if users:
        raise conflict(f"The dataset {name} is used by {', '.join(users)}.")
    store.delete(tenant, "dataset", name)
    return {"Name": name}


def _source(given: Document) -> str:
    inside = {name: value for name, value in given["Input"].items() if name != "Metadata"}
    if len(inside) != 1 or "Metadata" in given["Input"]:
        raise invalid("A dataset's Input has exactly one definition.")
    name = next(iter(inside))
    if name not in _SOURCES:
        raise not_supported(f"a dataset's {name}")
    if "PathOptions" in given:
        raise not_supported("a dataset's PathOptions")
    if given.get("Format", "CSV") not in READ:
        raise not_supported(f"datasets of the format {given['Format']}")
    if name == "DataCatalogInputDefinition" and ("Format" in given or "FormatOptions" in given):
        raise invalid("Format and FormatOptions are of files in S3: the catalog tells a table's.")
    if name == "S3InputDefinition" and not inside[name].get("Key"):
        raise invalid("An S3InputDefinition needs the Key of a file or folder.")
    _check_options(given)
    return _SOURCES[name]


def _check_options(given: Document) -> None:
    options = given.get("FormatOptions", {})
    if len(options) > 1:
        raise invalid("FormatOptions are of one format.")
    fitting = _OPTIONS.get(given["Format"]) if "Format" in given else None
    if "Format" in given and set(options) - {fitting}:
        raise invalid(f"The FormatOptions {', '.join(options)} are not of {given['Format']}.")
    check_delimiter(options.get("Csv", {}))


def check_delimiter(options: Document) -> None:
    """Refuse a delimiter of CSV that the service does not take.

    Raises
    ------
    DataBrewError
        ValidationException.
    """
    if options.get("Delimiter", ",") not in DELIMITERS:
        told = "comma, colon, semicolon, pipe, tab, caret, backslash or space"
        raise invalid(f"The Delimiter of CSV is a {told}, not {options['Delimiter']!r}.")
