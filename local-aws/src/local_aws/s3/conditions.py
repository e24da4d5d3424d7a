"""``If-Match``, ``If-None-Match`` and their like; a refusal names the condition, as S3's does."""

from collections.abc import Callable
from typing import Any

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]

_TEXT = "At least one of the pre-conditions you specified did not hold"
_MATCHES = ("If-Match", "If-None-Match")
_TIMES = ("If-Modified-Since", "If-Unmodified-Since")


def install() -> None:
    """Let copies keep their conditions, and refuse the condition that S3 does not have."""
    copy = s3._copy_object
    check = _naming(s3._check_put_preconditions, _MATCHES)
    of_source = [f"x-amz-copy-source-{each}" for each in (*_MATCHES, *_TIMES)]

    def check_known(headers: Headers, existing: dict[str, Any] | None) -> Answer | None:
        if headers.get("if-none-match", "*").strip() != "*":
            text = "A header you provided implies functionality that is not implemented"
            refused: Answer = s3._error("NotImplemented", text, 501)
            return refused
        return check(headers, existing)

    def copy_if(bucket: str, key: str, headers: Headers) -> Answer:
        objects = s3._buckets[bucket]["objects"] if bucket in s3._buckets else {}
        refused = check_known(headers, objects.get(key))
        answer: Answer = refused or copy(bucket, key, headers)
        return answer

    s3.replace("_check_put_preconditions", check_known)
    s3.replace(
        "_check_read_preconditions",
        _naming(s3._check_read_preconditions, (*_MATCHES, *_TIMES)),
    )
    s3.replace(
        "_check_copy_source_preconditions",
        _naming(s3._check_copy_source_preconditions, of_source),
    )
    s3.replace("_copy_object", copy_if)


def _naming(
    check: Callable[..., Answer | None], conditions: tuple[str, ...] | list[str]
) -> Callable[..., Answer | None]:
    """Return a check whose refusal names the first condition that does not hold by itself."""

    def named(headers: Headers, *of: Any) -> Answer | None:
        found = check(headers, *of)
        if found is None or found[0] != 412:
            return found
        given = {each: headers[each.lower()] for each in conditions if each.lower() in headers}
        which = (each for each, value in given.items() if check({each.lower(): value}, *of))
        extra = {"Condition": next(which, next(iter(given)))}
        refused: Answer = s3._error("PreconditionFailed", _TEXT, 412, extra=extra)
        return refused

    return named
