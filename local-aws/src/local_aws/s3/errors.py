"""Errors that name what is missing, as clients read it from S3: ``Key`` or ``BucketName``."""

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], bytes]

_OF_KEYS = ("NoSuchKey", "NoSuchVersion")
_OF_BUCKETS = ("NoSuchBucket", "NoSuchTagSet", "NoSuchBucketPolicy", "BucketNotEmpty")
_PRECONDITION = "At least one of the pre-conditions you specified did not hold"
_SUFFIX = ("Configuration", "NotFoundError")


def install() -> None:
    """Replace ministack's error document."""
    error = s3._error

    def tell(
        code: str, message: str, status: int, resource: str = "", **more: dict[str, str] | None
    ) -> Answer:
        message = _PRECONDITION if code == "PreconditionFailed" else message
        known = {**_missing(code, resource), **(more.pop("extra", None) or {})}
        answer: Answer = error(code, message, status, resource, extra=known, **more)
        return answer

    s3.replace("_error", tell)


def _missing(code: str, resource: str) -> dict[str, str]:
    bucket, _, key = resource.removeprefix("/").partition("/")
    if key and code in _OF_KEYS:
        return {"Key": key}
    if bucket and not key and (code in _OF_BUCKETS or code.endswith(_SUFFIX)):
        return {"BucketName": bucket}
    return {}
