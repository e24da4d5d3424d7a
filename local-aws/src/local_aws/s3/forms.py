"""Objects that a browser posts as a form: what of its fields nobody carries out is refused by name.

S3's API reference, "POST Object". ministack reads the fields that it knows, wherever they stand.
"""

from typing import Any

from local_aws.iam import forms
from local_aws.ministack.foreign import s3
from local_aws.protocol.errors import not_supported

Answer = tuple[int, dict[str, str], bytes]
Part = tuple[str, str | None, dict[str, str], bytes]

_FILE = "file"
_NOT_CARRIED_OUT = ("tagging", "x-amz-website-redirect-location")
_CHECKSUMS = ("x-amz-checksum-", "x-amz-sdk-checksum-")


def install() -> None:
    """Replace ministack's way from a form to an object."""
    parse, post, scope = s3._parse_multipart_form, s3._post_object, s3._apply_bucket_scope

    def parse_to_file(kind: str, body: bytes) -> list[Part]:
        """Leave out what stands behind the file, as S3 does."""
        parts: list[Part] = parse(kind, body)
        end = next((i + 1 for i, (name, *_) in enumerate(parts) if name == _FILE), len(parts))
        return parts[:end]

    def post_known(bucket: str, body: bytes, headers: dict[str, str]) -> Answer:
        parts = s3._parse_multipart_form(headers.get("content-type", ""), body)
        answer: Answer = _refused(parts) or post(bucket, body, headers)
        return answer

    def scope_of_object(  # noqa: PLR0917 - ministack's
        method: str,
        bucket: str,
        key: str,
        headers: dict[str, str],
        query: dict[str, Any],
        body: bytes = b"",
        internal: bool = False,
    ) -> Any:
        """Ask the bucket's policy about the object that an unsigned form names."""
        form = forms.read(method, f"/{bucket}/{key}" if key else f"/{bucket}", headers, body)
        if form and not form.signed:
            key = form.key
        return scope(method, bucket, key, headers, query, body, internal)

    s3.replace("_apply_bucket_scope", scope_of_object)
    s3.replace("_parse_multipart_form", parse_to_file)
    s3.replace("_post_object", post_known)


def _refused(parts: list[Part]) -> Any:
    for name in (part[0].lower() for part in parts):
        if name in _NOT_CARRIED_OUT or name.startswith(_CHECKSUMS):
            error = not_supported(f"the field {name} of s3's POST Object")
            return s3._error("NotImplemented", error.message, error.status)
    return None
