"""The live page over HTTP, for this machine alone."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import orjson

from dashboards.page.document import hash_source
from helpers.errors import PlatformError

HOST: Final = "127.0.0.1"
_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "live.css").read_text(encoding="utf-8")
_SCRIPT: Final = (_HERE / "live.js").read_text(encoding="utf-8")
_POLICY: Final = (
    f"default-src 'none'; script-src {hash_source(_SCRIPT)}; style-src {hash_source(_STYLE)}; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def server(look: Callable[[], dict[str, Any]], port: int) -> ThreadingHTTPServer:
    """Make a server of the page and of what it shows; it listens on the loopback alone.

    Parameters
    ----------
    look : callable
        Gives what is shown, as `dashboards.live.watching.look`; a `PlatformError` is shown too.
    port : int
        0: any that is free.

    Returns
    -------
    http.server.ThreadingHTTPServer
        Bound, and not yet serving.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").rpartition(":")[0]
            if host not in {HOST, "localhost"}:  # a foreign name that was made to lead here
                self.send_error(HTTPStatus.FORBIDDEN)
            elif self.path == "/":
                self._answer(_page().encode(), "text/html; charset=utf-8")
            elif self.path == "/now":
                self._answer(orjson.dumps(_looked(look)), "application/json")
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", _POLICY)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked has closed the page meanwhile
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the page asks every two seconds."""

    return ThreadingHTTPServer((HOST, port), Handler)


def _looked(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return look()
    except PlatformError as error:
        return {"error": str(error)}


def _page() -> str:
    page = (_HERE / "live.html").read_text(encoding="utf-8")
    return page.replace("/*style*/", _STYLE).replace("/*script*/", _SCRIPT)
