"""Forms that a browser posts to a bucket: the keys that signed one stand in the form itself.

S3's API reference, "POST Object". ministack checks a signed form, its policy and its signer's
rights before it writes the object; its check of every call reads only headers and query.
"""

from typing import NamedTuple

from local_aws.ministack.foreign import s3

_VERSION_4 = {"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}
_SIGNED = _VERSION_4 | {"awsaccesskeyid", "signature"}


class Form(NamedTuple):
    """What a form asks for, and whether ministack takes it for a signed one."""

    bucket: str
    key: str
    signed: bool


def read(method: str, path: str, headers: dict[str, str], body: bytes) -> Form | None:
    """Return the form that a call to S3 posts, None for another call."""
    kind = headers.get("content-type", "")
    if method != "POST" or not kind.startswith("multipart/form-data"):
        return None
    bucket, of_object = s3._parse_bucket_key(path, headers)
    if not bucket or of_object:
        return None
    fields, file = {}, ""
    for name, filename, _, value in s3._parse_multipart_form(kind, body):
        fields[name.lower()] = value
        file = (filename or "") if name == "file" else file
    key = fields.get("key", b"").decode(errors="replace").replace("${filename}", file)
    return Form(bucket, key, bool(_SIGNED & fields.keys()))
