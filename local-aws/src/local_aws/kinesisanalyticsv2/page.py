"""Flink's page of a running application: what can be read of it, for whom has a token."""

import secrets
import threading
import time
from http.cookies import SimpleCookie
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import urllib3

from local_aws.kinesisanalyticsv2.lifecycle import Lifecycle
from local_aws.protocol.http import Answer, Scope, header
from local_aws.tenant import Tenant

PREFIX: Final = "/_local_aws/flink/"
_PAGE: Final = "flinkdashboard"
_TOKEN: Final = "authToken"  # noqa: S105 - a parameter's name
_FIRST_USE_S: Final = 180
_WAIT_S: Final = 30
_AT_ONCE: Final = 8  # as many as a browser asks for


class _Grant(NamedTuple):
    tenant: Tenant
    name: str
    first_use: float
    expires: float


class Pages:
    """Who may see the page of which application; forgotten with the server.

    Parameters
    ----------
    lifecycle : Lifecycle
        Knows where the pages are.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._lock = threading.Lock()
        self._grants: dict[str, _Grant] = {}
        self._used: set[str] = set()
        self._pool = urllib3.PoolManager(retries=False, maxsize=_AT_ONCE)

    def address(self, tenant: Tenant, name: str, seconds: float) -> str:
        """Make an address that has to be used within three minutes, and is good for so long."""
        token, now = secrets.token_urlsafe(24), time.time()
        with self._lock:
            self._grants[token] = _Grant(tenant, name, now + _FIRST_USE_S, now + seconds)
        place = f"{tenant.account}/{tenant.region}/{name}/{_PAGE}"
        return f"{self._lifecycle.endpoint}{PREFIX}{place}?{_TOKEN}={token}"

    def answer(self, scope: Scope) -> Answer:
        """Answer a request below `PREFIX`, which blocks until Flink has answered."""
        account, region, name, page, *rest = f"{scope['path'][len(PREFIX) :]}////".split("/", 4)
        query = dict(parse_qsl(scope["query_string"].decode()))
        cookie = SimpleCookie(header(scope, "cookie"))
        token = query.pop(_TOKEN, "") or (cookie[_TOKEN].value if _TOKEN in cookie else "")
        if page != _PAGE or not self._granted(token, Tenant(account, region), name):
            return _said(403, "The token is missing, has expired, or is another application's.")
        path = "/" + rest[0].rstrip("/")
        if scope["method"] != "GET" or "/yarn-" in path:
            return _said(405, "Flink's page can be read only.")
        cluster = self._lifecycle.cluster(Tenant(account, region), name)
        if cluster is None:
            return _said(404, "The application does not run.")
        if path == "/" and not scope["path"].endswith("/"):  # its links are relative
            place = f"{scope['path']}/?{urlencode({_TOKEN: token})}"
            return Answer(302, {"location": place}, b"")
        asked = f"{cluster.rest.address}{path}?{urlencode(query)}".rstrip("?")
        try:
            found = self._pool.request("GET", asked, timeout=_WAIT_S)
        except urllib3.exceptions.HTTPError as error:
            return _said(502, f"Flink does not answer: {error}")
        headers = {
            "content-type": found.headers.get("content-type", "application/octet-stream"),
            "set-cookie": f"{_TOKEN}={token}; Path={PREFIX}{account}/{region}/{name}/; HttpOnly",
        }
        return Answer(found.status, headers, found.data)

    def _granted(self, token: str, tenant: Tenant, name: str) -> bool:
        now = time.time()
        with self._lock:
            grant = self._grants.get(token)
            if grant is None or (grant.tenant, grant.name) != (tenant, name):
                return False
            if now > grant.expires or (token not in self._used and now > grant.first_use):
                return False
            self._used.add(token)
            return True


def _said(status: int, text: str) -> Answer:
    return Answer(status, {"content-type": "text/plain"}, text.encode())
