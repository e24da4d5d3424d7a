"""What ministack answers, as far as its text says: it has no list of its own."""

import importlib.util
from pathlib import Path

from local_aws.ministack.foreign import app
from local_aws.protocol.model import operations, service_model

# what ministack calls otherwise than botocore
BOTOCORE = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}


def named_operations(service: str) -> frozenset[str] | None:
    """Return the operations that ministack's code of a service names in quotes.

    Parameters
    ----------
    service : str
        By ministack's name for it, one of `environment.MINISTACK_SERVICES`.

    Returns
    -------
    frozenset or None
        None for a REST service, whose operations are paths.
    """
    known = BOTOCORE.get(service, service)
    if str(service_model(known).metadata["protocol"]).startswith("rest"):
        return None
    module = app.SERVICE_REGISTRY[service]["module"]
    spec = importlib.util.find_spec(f"ministack.services.{module}")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"ministack.services.{module} has no file")
    file = Path(spec.origin)
    files = file.parent.rglob("*.py") if file.name == "__init__.py" else [file]
    text = "".join(each.read_text() for each in files)
    return frozenset(name for name in operations(known) if f'"{name}"' in text)
