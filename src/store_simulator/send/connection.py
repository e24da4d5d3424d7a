"""Kept HTTP connections to one endpoint, through a proxy where there is one.

http.client opens them. Requests and answers are written and read here, because at 500 records
a request its own way costs as much as the hashing of the body.
"""

import select
import socket
import ssl
from collections.abc import Iterator, Sequence
from http.client import (
    BadStatusLine,
    HTTPConnection,
    HTTPException,
    HTTPSConnection,
    IncompleteRead,
)
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from botocore.httpsession import ProxyConfiguration

from helpers.errors import ServiceError

_CONNECT_S: Final = 5
_ANSWER_S: Final = 30
_LONGEST_LINE: Final = 1 << 16


class Reply(NamedTuple):
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


class _Connection(NamedTuple):
    socket: socket.socket
    reader: BinaryIO

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


class Connections:
    """Connections that are used again; safe to use from several threads.

    Parameters
    ----------
    endpoint : str
        ``http://…`` or ``https://…``, without a path.
    proxies : dict of str to str
        Proxies by the endpoint's scheme, as botocore resolves them.
    certificates : str or None
        A file of the authorities that are trusted; the system's own where there is none.

    Raises
    ------
    ServiceError
        Where the proxy itself would have to be reached over TLS.
    """

    def __init__(self, endpoint: str, proxies: dict[str, str], certificates: str | None) -> None:
        known = ProxyConfiguration(proxies)
        url = known.proxy_url_for(endpoint)
        self._endpoint = urlsplit(endpoint)
        self._proxy: SplitResult | None = urlsplit(url) if url else None
        self._proxy_headers: dict[str, str] = known.proxy_headers_for(url) if url else {}
        if self._proxy and self._proxy.scheme != "http":
            raise ServiceError(
                f"The proxy {self._proxy.scheme}://{self._proxy.hostname} is not supported: give "
                "an http:// proxy (it passes the encrypted connection on as it is)."
            )
        self._tls = self._endpoint.scheme == "https"
        self._context = ssl.create_default_context(cafile=certificates) if self._tls else None
        self._idle: list[_Connection] = []

    def post(self, body: Sequence[bytes | memoryview], headers: dict[str, str]) -> Reply:
        """Send one request, its body in parts.

        Raises
        ------
        OSError, http.client.HTTPException
            Where no answer came; its connection is not used again.
        """
        path = "/"
        if self._proxy and not self._tls:
            path, headers = f"{self._endpoint.geturl()}/", headers | self._proxy_headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\n{lines}content-length: {sum(map(len, body))}\r\n\r\n"
        connection = self._take()
        try:
            first, *rest = body
            for part in (head.encode("latin-1") + first, *rest):
                connection.socket.sendall(part)
            reply = _read(connection.reader)
        except BaseException:
            connection.close()
            raise
        if reply.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._idle.append(connection)
        return reply

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            # readable without a request: the other side has closed it
            if not select.select([connection.socket], [], [], 0)[0]:
                return connection
            connection.close()
        return self._open()

    def _open(self) -> _Connection:
        place = self._proxy or self._endpoint
        host = place.hostname or ""
        opened = (
            HTTPSConnection(host, place.port, timeout=_CONNECT_S, context=self._context)
            if self._tls
            else HTTPConnection(host, place.port, timeout=_CONNECT_S)
        )
        if self._proxy and self._tls:
            port = self._endpoint.port or 443
            opened.set_tunnel(self._endpoint.hostname or "", port, self._proxy_headers)
        opened.connect()
        opened.sock.settimeout(_ANSWER_S)
        return _Connection(opened.sock, opened.sock.makefile("rb"))


def _read(reader: BinaryIO) -> Reply:
    """Read an answer to a POST (RFC 9112, sections 4 to 7)."""
    status, headers = 100, {}
    try:
        while status < 200:
            line = reader.readline(_LONGEST_LINE)
            if not line.startswith(b"HTTP/1.1 "):
                raise BadStatusLine(line[:80].decode("latin-1") or "the connection was closed")
            status, headers = int(line[9:12]), _headers(reader)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Reply(status, headers, b"".join(_chunks(reader)))
        return Reply(status, headers, _exactly(reader, int(headers["content-length"])))
    except (KeyError, ValueError) as error:
        raise HTTPException(f"an answer that is not HTTP/1.1 with a length: {error}") from error


def _headers(reader: BinaryIO) -> dict[str, str]:
    headers = {}
    while (line := reader.readline(_LONGEST_LINE).decode("latin-1")).strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return headers


def _chunks(reader: BinaryIO) -> Iterator[bytes]:
    while size := int(reader.readline(_LONGEST_LINE).partition(b";")[0], 16):
        yield _exactly(reader, size)
        reader.readline(_LONGEST_LINE)
    _headers(reader)


def _exactly(reader: BinaryIO, size: int) -> bytes:
    data = reader.read(size)
    if len(data) < size:
        raise IncompleteRead(data, size - len(data))
    return data
