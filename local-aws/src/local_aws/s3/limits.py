"""S3's limits: what is longer or more than the service takes is refused here too, or cut as there.

User guide, "Creating object key names" and "Working with object metadata"; ListObjectsV2,
DeleteObjects.
"""

import base64
from typing import Any

from local_aws.ministack.foreign import s3
from local_aws.s3 import settings

Answer = tuple[int, dict[str, str], Any]

_KEY_BYTES = 1024
_METADATA_BYTES = 2048
_METADATA = "x-amz-meta-"
_MOST_KEYS = 1000
_LARGEST = 2**31 - 1


def install() -> None:
    """Look at every call before ministack does, and at its lists."""
    handle, collect, delete = s3.handle_request, s3._collect_list_entries, s3._delete_objects

    async def handle_within(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        **more: Any,
    ) -> Any:
        bucket, key = s3._parse_bucket_key(path, headers)
        refused = _refused_key(key) or _refused_metadata(headers)
        asked = s3._qp(query, "max-keys")
        if method == "GET" and bucket and not key and "continuation-token" in query:
            refused = refused or _refused_token(s3._qp(query, "continuation-token"))
        if method == "GET" and bucket and not key and asked:
            refused = refused or _refused_count(asked)
            query = query if refused else {**query, "max-keys": [_at_most(asked)]}
        return refused or await handle(method, path, headers, body, query, **more)

    def collect_some(
        objects: dict[str, Any], prefix: str, delimiter: str, most: int, after: str
    ) -> Any:
        return collect(objects, prefix, delimiter, most, after) if most else ([], [], False, "")

    def delete_checked(bucket: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        try:
            named = [each for each in s3.fromstring(body) if each.tag.endswith("Object")]
        except SyntaxError:  # what every parser of XML raises
            named = []
        if bucket in s3._buckets and not 0 < len(named) <= _MOST_KEYS:
            refused: Answer = s3._error("MalformedXML", settings.MALFORMED, 400, f"/{bucket}")
            return refused
        answer: Answer = delete(bucket, body, headers)
        return answer

    s3.replace("handle_request", handle_within)
    s3.replace("_collect_list_entries", collect_some)
    s3.replace("_delete_objects", delete_checked)


def _refused_count(asked: str) -> Answer | None:
    if asked.isdecimal() and int(asked) <= _LARGEST:
        return None
    text = f"Argument maxKeys must be an integer between 0 and {_LARGEST}"
    extra = {"ArgumentName": "maxKeys", "ArgumentValue": asked}
    refused: Answer = s3._error("InvalidArgument", text, 400, extra=extra)
    return refused


def _refused_token(token: str) -> Answer | None:
    """Refuse what no list gave: a token is the last key, UTF-8 in base64."""
    try:
        last = base64.b64decode(token, validate=True).decode()
    except ValueError:  # of either encoding
        last = ""
    if last and base64.b64encode(last.encode()).decode() == token:
        return None
    text = "The continuation token provided is incorrect"
    refused: Answer = s3._error(
        "InvalidArgument", text, 400, extra={"ArgumentName": "continuation-token"}
    )
    return refused


def _at_most(asked: str) -> str:
    return str(min(int(asked), _MOST_KEYS))


def _refused_key(key: str) -> Answer | None:
    size = len(key.encode(errors="surrogateescape"))
    if size <= _KEY_BYTES:
        return None
    extra = {"Size": str(size), "MaxSizeAllowed": str(_KEY_BYTES)}
    refused: Answer = s3._error("KeyTooLongError", "Your key is too long", 400, extra=extra)
    return refused


def _refused_metadata(headers: dict[str, str]) -> Answer | None:
    given = {name: value for name, value in headers.items() if name.startswith(_METADATA)}
    names = sum(len(name) - len(_METADATA) for name in given)
    size = names + sum(len(value.encode(errors="replace")) for value in given.values())
    if size <= _METADATA_BYTES:
        return None
    text = "Your metadata headers exceed the maximum allowed metadata size"
    extra = {"Size": str(size), "MaxSizeAllowed": str(_METADATA_BYTES)}
    refused: Answer = s3._error("MetadataTooLarge", text, 400, extra=extra)
    return refused
