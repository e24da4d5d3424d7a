"""Calls of S3 that nothing here carries out, refused by name.

ministack passes over a sub-resource that it does not know: it would list a bucket in place of its
metrics, and delete a bucket in place of its inventory.
"""

import re
from functools import cache
from typing import Any

from local_aws.ministack.foreign import s3
from local_aws.protocol.errors import not_supported
from local_aws.protocol.model import service_model

_SUB_RESOURCE = re.compile(r"/\{Bucket\}(?P<object>/\{Key\+\})?\?(?P<name>[\w-]+)(&.*)?")
_BOTH = "acl tagging"
_CONFIGURED = (
    "policy tagging cors lifecycle encryption website replication ownershipControls "
    "publicAccessBlock"
)
_KEPT = f"{_CONFIGURED} {_BOTH} notification versioning logging accelerate object-lock"
_OF_OBJECT = f"{_BOTH} annotation retention legal-hold"

# by method and whether the call is on an object
CARRIED_OUT: dict[tuple[str, bool], frozenset[str]] = {
    ("GET", False): frozenset(f"{_KEPT} uploads versions location".split()),
    ("PUT", False): frozenset(_KEPT.split()),
    ("DELETE", False): frozenset(_CONFIGURED.split()),
    ("POST", False): frozenset({"delete"}),
    ("GET", True): frozenset(f"{_OF_OBJECT} attributes".split()),
    ("PUT", True): frozenset(_OF_OBJECT.split()),
    ("DELETE", True): frozenset({"annotation", "tagging"}),
    ("POST", True): frozenset({"restore", "uploads"}),
}
REFUSED_HEADERS = {"x-amz-write-offset-bytes": "WriteOffsetBytes of s3's PutObject"}


@cache
def refused_operations() -> dict[tuple[str, bool, str], str]:
    """Return the operations that are refused, by method, on an object or not, and sub-resource."""
    model, found = service_model("s3"), {}
    for operation in model.operation_names:
        http = model.operation_model(operation).http
        match = _SUB_RESOURCE.fullmatch(http["requestUri"])
        if match:
            on_object = match["object"] is not None
            if match["name"] not in CARRIED_OUT.get((http["method"], on_object), ()):
                found[http["method"], on_object, match["name"]] = operation
    return found


def install() -> None:
    """Look at every call before ministack does."""
    handle = s3.handle_request

    async def handle_known(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        **more: Any,
    ) -> Any:
        on_object = bool(s3._parse_bucket_key(path, headers)[1])
        refused = [
            f"s3's {operation}"
            for (verb, of_object, name), operation in refused_operations().items()
            if (verb, of_object) == (method, on_object) and name in query
        ]
        refused += [what for header, what in REFUSED_HEADERS.items() if header in headers]
        if refused:
            error = not_supported(refused[0])
            return s3._error("NotImplemented", error.message, error.status)
        return await handle(method, path, headers, body, query, **more)

    s3.replace("handle_request", handle_known)
