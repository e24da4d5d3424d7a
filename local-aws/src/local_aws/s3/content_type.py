"""The type of an object whose writer named none: S3 says ``binary/octet-stream``."""

from typing import Any

from local_aws.ministack.foreign import s3

UNKNOWN = "binary/octet-stream"


def install() -> None:
    """Replace ministack's default, of whole uploads and of those in parts."""
    build, create = s3._build_object_record, s3._create_multipart_upload

    def build_typed(body: bytes, headers: dict[str, str], *more: Any, **named: Any) -> Any:
        return build(body, _typed(headers), *more, **named)

    def create_typed(bucket: str, key: str, headers: dict[str, str]) -> Any:
        return create(bucket, key, _typed(headers))

    s3.replace("_build_object_record", build_typed)
    s3.replace("_create_multipart_upload", create_typed)


def _typed(headers: dict[str, str]) -> dict[str, str]:
    return {"content-type": UNKNOWN, **headers}
