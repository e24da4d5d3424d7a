"""AWS Signature Version 4 of a request to Kinesis.

The steps are those of
https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html;
a test holds the result against botocore's signer.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from botocore.credentials import ReadOnlyCredentials

from store_simulator.send.cbor import CONTENT_TYPE

_ALGORITHM: Final = "AWS4-HMAC-SHA256"


def signed_headers(
    endpoint: str,
    region: str,
    target: str,
    body: Iterable[bytes | memoryview],
    *,
    credentials: ReadOnlyCredentials,
    now: datetime | None = None,
) -> dict[str, str]:
    """Make the headers of a signed POST to Kinesis.

    Parameters
    ----------
    endpoint : str
        The service's URL, without a path.
    region : str
        For instance ``"us-east-1"``.
    target : str
        The value of ``X-Amz-Target``.
    body : iterable of bytes or memoryview
        What will be sent, in parts.
    credentials : ReadOnlyCredentials
        Key, secret and, for temporary ones, token.
    now : datetime, optional
        In UTC; the present time by default.

    Returns
    -------
    dict of str to str
        All headers that the request needs.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": CONTENT_TYPE,
        "host": urlsplit(endpoint).netloc,
        "x-amz-date": stamp,
    }
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = target
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    hashed = hashlib.sha256()
    for part in body:
        hashed.update(part)
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashed.hexdigest()}"
    scope = f"{stamp[:8]}/{region}/kinesis/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    key = _key(credentials.secret_key, stamp[:8], region)
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


@lru_cache(maxsize=4)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "kinesis", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
