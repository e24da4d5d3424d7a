"""How an object is said to be encrypted; the bytes on disk are as they came.

S3 encrypts every object: with keys of its own (``AES256``) where neither the call nor the bucket's
default says KMS, and with the account's key ``aws/s3`` where KMS comes without a key.
"""

import uuid

from local_aws.ministack.foreign import s3
from local_aws.tenant import current

ALGORITHM = "x-amz-server-side-encryption"
KEY = "x-amz-server-side-encryption-aws-kms-key-id"
BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled"
CUSTOMER = "x-amz-server-side-encryption-customer-algorithm"
KMS = ("aws:kms", "aws:kms:dsse")

Headers = dict[str, str]


def install() -> None:
    """Replace ministack's way to an object's encryption."""
    resolve = s3._resolve_sse_write_headers

    def resolve_all(headers: Headers, bucket: str) -> tuple[Headers | None, object]:
        asked = headers.get(ALGORITHM)
        if asked not in KMS:
            found, error = resolve(headers, bucket)
            if error is None and not asked and CUSTOMER not in found:
                found = default_headers(bucket)
            return found, error
        named = headers.get(KEY) or ""
        found, error = resolve({**headers, ALGORITHM: KMS[0], KEY: _key_arn(named)}, bucket)
        if error is not None:
            return None, error
        return _told(str(asked), named, headers.get(BUCKET_KEY) == "true"), None

    s3.replace("_resolve_sse_write_headers", resolve_all)
    s3.replace("_SSE_STORED_HEADERS", (*s3._SSE_STORED_HEADERS, BUCKET_KEY))


def default_headers(bucket: str) -> Headers:
    """Return the headers of an object that is written without a word on encryption."""
    configured = s3._bucket_encryption.get(bucket)
    if not configured:
        return {ALGORITHM: "AES256"}
    texts = {
        element.tag.rpartition("}")[2]: (element.text or "").strip()
        for element in s3.fromstring(configured).iter()
    }
    algorithm = texts.get("SSEAlgorithm") or "AES256"
    enabled = texts.get("BucketKeyEnabled") == "true"
    return _told(algorithm, texts.get("KMSMasterKeyID", ""), enabled)


def _told(algorithm: str, key: str, bucket_key: bool) -> Headers:
    if algorithm not in KMS:
        return {ALGORITHM: algorithm}
    told = {ALGORITHM: algorithm, KEY: _key_arn(key)}
    return {**told, BUCKET_KEY: "true"} if bucket_key else told


def _key_arn(key: str) -> str:
    """Return the ARN that S3 answers with for a key's ARN or id, or for none."""
    if key.startswith("arn:"):
        return key
    account, region = current().account, current().region
    managed = uuid.uuid5(uuid.NAMESPACE_URL, f"aws/s3/{account}/{region}")
    resource = key if key.startswith("alias/") else f"key/{key or managed}"
    return f"arn:aws:kms:{region}:{account}:{resource}"
