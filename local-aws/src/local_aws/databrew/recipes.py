"""Recipes: steps that are worked on, and versions of them that are published."""

import time

from local_aws.databrew import resources
from local_aws.databrew.errors import DataBrewError, conflict, invalid, not_found
from local_aws.databrew.recipe import steps
from local_aws.databrew.store import Document, Store
from local_aws.tenant import Tenant

MAX_STEPS = 100
WORKING, PUBLISHED = "LATEST_WORKING", "LATEST_PUBLISHED"


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateRecipe; its version is LATEST_WORKING until it is published."""
    _check(given["Steps"])
    document = resources.made(store, tenant, "recipe", given)
    store.put(tenant, "recipe", given["Name"], document | {"RecipeVersion": "0.1"})
    return {"Name": given["Name"]}


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateRecipe: of what is being worked on; published versions stay as they are."""
    document = resources.found(store, tenant, "recipe", given["Name"])
    _check(given.get("Steps", []))
    members = ("Description", "Steps")
    after = {**document, **{name: given[name] for name in members if name in given}}
    after = resources.changed(tenant, document, after)
    store.put(tenant, "recipe", given["Name"], after)
    return {"Name": given["Name"]}


def publish(store: Store, tenant: Tenant, given: Document) -> Document:
    """PublishRecipe: the next whole version."""
    name = given["Name"]
    document = resources.found(store, tenant, "recipe", name)
    number = int(document.get("_published", 0)) + 1
    version = f"{number}.0"
    by = {"PublishedBy": resources.who(tenant), "PublishedDate": time.time()}
    published = {**document, **by, "RecipeVersion": version}
    if "Description" in given:
        published["Description"] = given["Description"]
    store.put(tenant, "published", f"{name}/{version}", published, owner=name)
    working = {**document, "RecipeVersion": f"{number}.1", "_published": number}
    store.put(tenant, "recipe", name, working)
    return {"Name": name}


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeRecipe: the latest published version unless another is named."""
    name = given["Name"]
    version = given.get("RecipeVersion")
    if version is None:
        found = _latest(store, tenant, name) or resources.found(store, tenant, "recipe", name)
    else:
        found = _version(store, tenant, name, version)
    return dict(resources.shown({k: v for k, v in found.items() if k != "AccountId"}))


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListRecipes: the latest published version of each, or what is worked on."""
    version = given.get("RecipeVersion", PUBLISHED)
    working = store.all(tenant, "recipe")
    if version == WORKING:
        found = working
    elif version == PUBLISHED:
        latest = (_latest(store, tenant, each["Name"]) for each in working)
        found = [each for each in latest if each is not None]
    else:
        raise invalid(f"RecipeVersion is {WORKING} or {PUBLISHED} here.")
    return resources.page("Recipes", _listed(found), given)


def list_versions(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListRecipeVersions: the published ones."""
    found = store.all(tenant, "published", given["Name"])
    return resources.page("Recipes", _listed(found), given)


def delete_version(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteRecipeVersion: of a published one, or of the whole recipe where none is published."""
    name, version = given["Name"], given["RecipeVersion"]
    _version(store, tenant, name, version)
    _delete(store, tenant, name, version)
    return {"Name": name, "RecipeVersion": version}


def batch_delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """BatchDeleteRecipeVersion: what cannot be deleted is told."""
    name, errors = given["Name"], []
    resources.found(store, tenant, "recipe", name)
    # what is worked on goes last, as it needs the others to be gone
    for version in sorted(given["RecipeVersions"], key=lambda each: each == WORKING):
        try:
            _version(store, tenant, name, version)
            _delete(store, tenant, name, version)
        except DataBrewError as error:
            told = {"ErrorCode": str(error.status), "ErrorMessage": error.message}
            errors.append({**told, "RecipeVersion": version})
    return {"Name": name, "Errors": errors}


def resolved(store: Store, tenant: Tenant, reference: Document) -> Document:
    """Return a job's reference with the published version that it means.

    Raises
    ------
    DataBrewError
        ResourceNotFoundException where the recipe or the version is not there, or none is
        published.
    """
    name = reference["Name"]
    resources.found(store, tenant, "recipe", name)
    version = reference.get("RecipeVersion", PUBLISHED)
    if version == WORKING:
        raise invalid(f"A job runs a published version of a recipe, not {WORKING}.")
    found = _version(store, tenant, name, version)
    return {"Name": name, "RecipeVersion": found["RecipeVersion"]}


def steps_of(store: Store, tenant: Tenant, reference: Document) -> list[Document]:
    """Return the steps of a published version."""
    steps_: list[Document] = _version(store, tenant, reference["Name"], reference["RecipeVersion"])[
        "Steps"
    ]
    return steps_


def _check(given: list[Document]) -> None:
    if len(given) > MAX_STEPS:
        raise invalid(f"A recipe has at most {MAX_STEPS} steps, not {len(given)}.")
    for step in given:
        steps.check(step)


def _listed(found: list[Document]) -> list[Document]:
    return [{k: v for k, v in each.items() if k != "AccountId"} for each in found]


def _latest(store: Store, tenant: Tenant, name: str) -> Document | None:
    found = store.all(tenant, "published", name)
    return max(found, key=lambda each: float(each["RecipeVersion"])) if found else None


def _version(store: Store, tenant: Tenant, name: str, version: str) -> Document:
    found: Document | None
    if version == WORKING:
        found = resources.found(store, tenant, "recipe", name)
    elif version == PUBLISHED:
        found = _latest(store, tenant, name)
    else:
        found = store.get(tenant, "published", f"{name}/{version}")
    if found is None:
        raise not_found(f"The recipe {name} has no version {version}.")
    return found


def _delete(store: Store, tenant: Tenant, name: str, version: str) -> None:
    if version == WORKING:
        if store.all(tenant, "published", name):
            raise conflict(f"The recipe {name} has published versions: delete them first.")
        store.delete(tenant, "recipe", name)
        return
    number = _version(store, tenant, name, version)["RecipeVersion"]
    for job in store.all(tenant, "job"):
        if job.get("RecipeReference") == {"Name": name, "RecipeVersion": number}:
            raise conflict(f"The version {number} of {name} is used by the job {job['Name']}.")
    store.delete(tenant, "published", f"{name}/{number}")
