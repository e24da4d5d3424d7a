"""Operations on the tags of streams and consumers."""

import re
from typing import Any

from local_aws.kinesis.addressing import consumer_at, stream_at, stream_of
from local_aws.kinesis.errors import invalid_argument, not_found
from local_aws.kinesis.limits import TAGS
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Stream
from local_aws.tenant import Tenant

Request = dict[str, Any]

_ALLOWED = re.compile(r"[\w\s./=+@:-]*")


def check_tags(new: dict[str, str], old: dict[str, str]) -> None:
    """Refuse tags with other characters than AWS allows, or too many of them."""
    for text in (*new.keys(), *new.values()):
        if not _ALLOWED.fullmatch(text):
            raise invalid_argument(
                "Some tags contain invalid characters. Valid characters: "
                "Unicode letters, digits, white space, _ . / = + - @ :."
            )
    if len(old | new) > TAGS:
        raise invalid_argument(f"A resource cannot have more than {TAGS} tags.")


def add_tags_to_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """Add or overwrite tags of a stream."""
    stream = stream_of(store, tenant, request)
    return _add(store, stream, stream.settings.tags, request["Tags"])


def remove_tags_from_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """Remove tags of a stream; unknown ones are passed over."""
    stream = stream_of(store, tenant, request)
    return _remove(store, stream, stream.settings.tags, request["TagKeys"])


def list_tags_for_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """List a page of a stream's tags."""
    after = request.get("ExclusiveStartTagKey", "")
    tags = stream_of(store, tenant, request).settings.tags
    keys = [key for key in sorted(tags) if key > after]
    limit = request.get("Limit", TAGS)
    return {
        "Tags": [{"Key": key, "Value": tags[key]} for key in keys[:limit]],
        "HasMoreTags": len(keys) > limit,
    }


def tag_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """Add or overwrite tags of a stream or consumer."""
    stream, tags = _tagged(store, tenant, request["ResourceARN"])
    return _add(store, stream, tags, request["Tags"])


def untag_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """Remove tags of a stream or consumer."""
    stream, tags = _tagged(store, tenant, request["ResourceARN"])
    return _remove(store, stream, tags, request["TagKeys"])


def list_tags_for_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """List the tags of a stream or consumer."""
    _, tags = _tagged(store, tenant, request["ResourceARN"])
    return {"Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}


def _tagged(store: Store, tenant: Tenant, arn: str) -> tuple[Stream, dict[str, str]]:
    if "/consumer/" not in arn:
        stream = stream_at(store, tenant, arn)
        return stream, stream.settings.tags
    stream, consumer = consumer_at(store, tenant, arn)
    if consumer is None:
        raise not_found(f"Consumer {arn} not found.")
    return stream, consumer.tags


def _add(store: Store, stream: Stream, tags: dict[str, str], new: dict[str, str]) -> Request:
    check_tags(new, tags)
    tags.update(new)
    store.keep(stream)
    return {}


def _remove(store: Store, stream: Stream, tags: dict[str, str], keys: list[str]) -> Request:
    for key in keys:
        tags.pop(key, None)
    store.keep(stream)
    return {}
