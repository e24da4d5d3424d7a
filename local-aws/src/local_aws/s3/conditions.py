"""``If-Match`` and ``If-None-Match`` of calls that write an object."""

from typing import Any

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Let copies keep their conditions, and refuse the condition that S3 does not have."""
    check, copy = s3._check_put_preconditions, s3._copy_object

    def check_known(headers: dict[str, str], existing: dict[str, Any] | None) -> Answer | None:
        if headers.get("if-none-match", "*").strip() != "*":
            text = "A header you provided implies functionality that is not implemented"
            refused: Answer = s3._error("NotImplemented", text, 501)
            return refused
        found: Answer | None = check(headers, existing)
        return found

    def copy_if(bucket: str, key: str, headers: dict[str, str]) -> Answer:
        objects = s3._buckets[bucket]["objects"] if bucket in s3._buckets else {}
        refused = check_known(headers, objects.get(key))
        answer: Answer = refused or copy(bucket, key, headers)
        return answer

    s3.replace("_check_put_preconditions", check_known)
    s3.replace("_copy_object", copy_if)
