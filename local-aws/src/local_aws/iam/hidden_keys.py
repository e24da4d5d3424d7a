"""Whether a key of a bucket is missing is told only to whom may list the bucket.

Everybody else is denied, as on AWS (API_GetObject, "Permissions"), whatever else they may do.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from local_aws.iam import decisions
from local_aws.ministack.foreign import iam_evaluator, responses, router, s3

_MISSING = b"<Code>NoSuchKey</Code>"
_SOURCE = "x-amz-copy-source"


def install() -> None:
    """Look at what S3 does not find."""
    handle = s3.handle_request

    async def handle_hiding(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        **more: Any,
    ) -> Any:
        answer = await handle(method, path, headers, body, query, **more)
        if answer[0] != 404 or more.get("internal"):
            return answer
        bucket, key = s3._parse_bucket_key(path, headers)
        if not key or not (method == "HEAD" or _MISSING in bytes(answer[2])):
            return answer
        if source := unquote(headers.get(_SOURCE, "")).lstrip("/"):
            bucket = source.partition("/")[0]
        if bucket not in s3._buckets or _may_list(bucket, headers, query):
            return answer
        principal = iam_evaluator.resolve_principal(
            router.extract_access_key_id(headers, query), responses.get_account_id()
        )
        arn = f'"arn:aws:s3:::{bucket}"'
        whom = str(getattr(principal, "arn", "anonymous"))
        told = decisions.denial("s3:ListBucket", whom, arn, explicit=False)
        return s3._error("AccessDenied", told, 403, f"/{bucket}/{key}")

    s3.replace("handle_request", handle_hiding)


def _may_list(bucket: str, headers: Mapping[str, str], query: Mapping[str, Any]) -> bool:
    refused = iam_evaluator.enforce(
        router.extract_access_key_id(headers, query),
        "s3:ListBucket",
        "s3",
        responses.get_region(),
        resource_arn=f"arn:aws:s3:::{bucket}",
        service_context={},
    )
    return refused is None
