"""Requests to Kinesis without boto3's cost a record: the body is bytes that are ready to send.

boto3 checks, copies and encodes every record of a PutRecords call in Python.
Here the caller brings the finished CBOR. botocore still finds the credentials
(and renews them), the region, the endpoint, the proxies and the certificates.
"""

import contextlib
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Final

import botocore.session
import cbor2
import orjson
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from helpers import aws
from helpers.errors import ServiceError
from store_simulator.send.connection import Connections, Reply
from store_simulator.send.signature import signed_headers

LOST: Final = (OSError, HTTPException)
"""What `Client.post` raises where no answer came."""

_TARGET = "Kinesis_20131202."


def said(reply: Reply) -> dict[str, Any]:
    """Read an answer's body; what is neither CBOR nor JSON is given as ``message``."""
    parsed: Any = None
    in_cbor = "cbor" in reply.headers.get("content-type", "")
    with contextlib.suppress(cbor2.CBORDecodeError, orjson.JSONDecodeError):
        parsed = cbor2.loads(reply.body) if in_cbor else orjson.loads(reply.body)
    if isinstance(parsed, dict):
        return parsed
    return {"message": reply.body[:200].decode("latin-1")}


class Client:
    """Signed requests to Kinesis over kept connections; safe to use from several threads.

    Raises
    ------
    ServiceError
        Where no region is set or no credentials are found.
    """

    def __init__(self) -> None:
        session = botocore.session.get_session()
        resolved = aws.client("kinesis").meta
        self.endpoint: str = resolved.endpoint_url.rstrip("/")
        self._region: str = resolved.region_name
        credentials = session.get_credentials()
        if credentials is None:
            raise ServiceError(
                "No AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY (for the local AWS, `make aws` prints the lines)."
            )
        self._credentials = credentials
        self._connections = Connections(
            self.endpoint,
            resolved.config.proxies or get_environ_proxies(self.endpoint),
            get_cert_path(session.get_config_variable("ca_bundle") or True),
        )

    def post(self, operation: str, body: Sequence[bytes | memoryview]) -> Reply:
        """Send one request.

        Parameters
        ----------
        operation : str
            For instance ``"PutRecords"``.
        body : sequence of bytes or memoryview
            The arguments in CBOR, in parts: joining them would cost as much as hashing them.

        Returns
        -------
        Reply
            Status and body, also where the service refuses.

        Raises
        ------
        OSError, http.client.HTTPException
            Where no answer came.
        """
        headers = signed_headers(
            self.endpoint,
            self._region,
            _TARGET + operation,
            body,
            credentials=self._credentials.get_frozen_credentials(),
        )
        return self._connections.post(body, headers)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()
