"""Requests to Kinesis without boto3's cost a record: the body is bytes that are ready to send.

boto3 checks, copies and encodes every record of a PutRecords call in Python.
Here the caller brings the finished JSON. botocore still finds the credentials
(and renews them), the region, the endpoint, the proxies and the certificates.
"""

from typing import Any, NamedTuple

import botocore.session
import urllib3
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from helpers import aws
from helpers.errors import ServiceError
from helpers.kinesis.signature import signed_headers

_TIMEOUT = urllib3.Timeout(connect=5, read=30)
_TARGET = "Kinesis_20131202."


class Answer(NamedTuple):
    """What Kinesis answered."""

    status: int
    body: bytes


class Client:
    """Signed requests to Kinesis over kept connections; safe to use from several threads.

    Parameters
    ----------
    connections : int
        How many requests may be under way at once.

    Raises
    ------
    ServiceError
        Where no region is set or no credentials are found.
    """

    def __init__(self, connections: int) -> None:
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
        proxies = resolved.config.proxies or get_environ_proxies(self.endpoint)
        proxy: str | None = proxies.get(self.endpoint.partition(":")[0])
        options: dict[str, Any] = {
            "ca_certs": get_cert_path(session.get_config_variable("ca_bundle") or True),
            "maxsize": connections,
            "timeout": _TIMEOUT,
            "retries": False,
        }
        self._http = (
            urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
        )

    def post(self, operation: str, body: bytes) -> Answer:
        """Send one request.

        Parameters
        ----------
        operation : str
            For instance ``"PutRecords"``.
        body : bytes
            The arguments as JSON.

        Returns
        -------
        Answer
            Status and body, also where the service refuses.

        Raises
        ------
        urllib3.exceptions.HTTPError
            Where no answer came.
        """
        headers = signed_headers(
            self.endpoint,
            self._region,
            _TARGET + operation,
            body,
            credentials=self._credentials.get_frozen_credentials(),
        )
        answer = self._http.urlopen("POST", f"{self.endpoint}/", body=body, headers=headers)
        return Answer(answer.status, answer.data)

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()
