"""Which resource an operation is authorized on, by the Service Authorization Reference."""

from local_aws.databrew import resources
from local_aws.protocol.service import Check, Record
from local_aws.tenant import Tenant

_KINDS = ("Dataset", "Ruleset", "Recipe", "Job", "Project", "Schedule")


def checks(tenant: Tenant, operation: str, given: Record) -> list[Check]:
    """Return what a call needs: its action on the resource that it names.

    What creates or lists names none: it is authorized on all. Keys tell the tags of a request.

    Parameters
    ----------
    tenant : Tenant
        Whose call it is.
    operation : str
        The operation's name.
    given : dict
        Its arguments, not checked.
    """
    if "ResourceArn" in given:
        resource = str(given["ResourceArn"])
    elif operation.startswith("Create") or (
        operation.startswith("List") and operation not in {"ListJobRuns", "ListRecipeVersions"}
    ):
        resource = "*"
    else:
        kind = next((kind for kind in _KINDS if kind in operation), "Job")
        resource = resources.arn(tenant, kind.lower(), str(given.get("Name", "")))
    tags = given.get("Tags")
    keys = {}
    if isinstance(tags, dict):
        keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        keys["aws:TagKeys"] = sorted(tags)
    return [Check(f"databrew:{operation}", resource, keys)]
