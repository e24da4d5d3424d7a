"""Settings and tags that break the service's rules, refused before ministack keeps them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from local_aws.iam import documents
from local_aws.ministack.foreign import s3
from local_aws.protocol.tags import OWN

MALFORMED = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)
_ACTIONS = {
    "AbortIncompleteMultipartUpload",
    "Expiration",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransition",
    "Transition",
}
_STATES = ("Enabled", "Disabled")
_LONGEST_ID = 255
_MOST_RULES = 1000
_MOST_TAGS = {"bucket": 50, "object": 10}
_LONGEST_TAG = (128, 256)


def install() -> None:
    """Look at policies, lifecycle rules and tags first."""
    _check("_put_bucket_policy", _of_policy)
    _check("_put_bucket_lifecycle", _of_lifecycle)
    _check("_put_bucket_tagging", lambda body: _of_tagging(body, "bucket"))
    _check_objects()


def _check(name: str, faults: Callable[[bytes], Iterator[tuple[str, str]]]) -> None:
    put = getattr(s3, name)

    def checked(name: str, body: bytes) -> Any:
        fault = next(faults(body), None) if name in s3._buckets else None
        return s3._error(*fault, 400, f"/{name}") if fault else put(name, body)

    s3.replace(name, checked)


def _check_objects() -> None:
    put_tags, handle = s3._put_object_tagging, s3.handle_request

    def put_checked(
        bucket: str, key: str, body: bytes, query_params: dict[str, Any] | None = None
    ) -> Any:
        fault = next(_of_tagging(body, "object"), None)
        if fault and bucket in s3._buckets:
            return s3._error(*fault, 400, f"/{bucket}/{key}")
        return put_tags(bucket, key, body, query_params)

    async def handle_checked(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        **more: Any,
    ) -> Any:
        given = parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True)
        if any(key.startswith(OWN) for key, _ in given):
            return s3._error("InvalidTag", f"Your TagKey cannot be prefixed with {OWN}", 400, path)
        if given and (fault := next(_of_tags(given, "object"), None)):
            return s3._error(*fault, 400, path)
        return await handle(method, path, headers, body, query, **more)

    s3.replace("_put_object_tagging", put_checked)
    s3.replace("handle_request", handle_checked)


def _of_tagging(body: bytes, of: str) -> Iterator[tuple[str, str]]:
    try:
        yield from _of_tags(list(s3._iter_tag_pairs(s3.fromstring(body))), of)
    except SyntaxError:
        yield "MalformedXML", MALFORMED


def _of_tags(tags: list[tuple[str, str]], of: str) -> Iterator[tuple[str, str]]:
    """Tell what is wrong with tags (API_Tag, user guide "Tagging")."""
    keys = [key for key, _ in tags]
    if any(key.startswith(OWN) for key in keys):
        yield "InvalidTag", "System tags cannot be added/updated by requester"
    if len(keys) != len(set(keys)):
        yield "InvalidTag", "Cannot provide multiple Tags with the same key"
    for tag in tags:
        for name, text, longest in zip(("Key", "Value"), tag, _LONGEST_TAG, strict=True):
            if len(text) > longest or (name == "Key" and not text):
                yield "InvalidTag", f"The Tag{name} you have provided is invalid"
    if len(keys) > _MOST_TAGS[of]:
        yield "BadRequest", f"{of.title()} tags cannot be greater than {_MOST_TAGS[of]}"


def _of_policy(body: bytes) -> Iterator[tuple[str, str]]:
    text = body.decode(errors="replace")
    if not text.startswith("{"):
        yield "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"
    elif said := documents.fault(text, "resource"):
        yield "MalformedPolicy", said


def _of_lifecycle(body: bytes) -> Iterator[tuple[str, str]]:
    """Tell what is wrong with lifecycle rules (API_PutBucketLifecycleConfiguration)."""
    try:
        root = s3.fromstring(body)
    except SyntaxError:  # what every parser of XML raises
        yield "MalformedXML", MALFORMED
        return
    rules = [each for each in root if _name(each) == "Rule"]
    if not rules or len(rules) > _MOST_RULES:
        yield "MalformedXML", MALFORMED
    ids = [text for rule in rules if (text := _text(rule, "ID"))]
    if len(ids) != len(set(ids)):
        yield "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule"
    for rule in rules:
        yield from _of_rule(rule)


def _of_rule(rule: Element) -> Iterator[tuple[str, str]]:
    members = {_name(each): each for each in rule}
    if _text(rule, "Status") not in _STATES:
        yield "MalformedXML", MALFORMED
    if not members.keys() & {"Filter", "Prefix"} or {"Filter", "Prefix"} <= members.keys():
        yield "MalformedXML", MALFORMED
    if len(_text(rule, "ID")) > _LONGEST_ID:
        yield "InvalidArgument", f"ID length should not exceed allowed limit of {_LONGEST_ID}"
    if not members.keys() & _ACTIONS:
        yield "InvalidRequest", "At least one action needs to be specified in a rule"
    for name, of in (
        ("Expiration", "Days"),
        ("NoncurrentVersionExpiration", "NoncurrentDays"),
        ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ):
        if name in members:
            yield from _of_action(name, of, members[name])


def _of_action(name: str, of: str, action: Element) -> Iterator[tuple[str, str]]:
    if not len(action):
        yield "MalformedXML", MALFORMED
    days = _text(action, of)
    if days and not days.lstrip("-").isdigit():
        yield "MalformedXML", MALFORMED
    elif days and int(days) <= 0:
        yield "InvalidArgument", f"'{of}' for {name} action must be a positive integer"


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next((each.text or "" for each in element if _name(each) == name), "")
