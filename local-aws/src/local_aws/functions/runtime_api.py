"""The Lambda Runtime API of one execution environment: what AWS's client asks and answers.

Paths and headers are those of docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
"""

import queue
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

_BASE = "/2018-06-01/runtime"
_ANSWER = re.compile(_BASE + r"/invocation/([^/]+)/(response|error)")
MAX_ANSWER_BYTES = 6_291_556
"""The service's own text names this figure for its 6 MB."""


class Invocation(NamedTuple):
    """What the client is handed."""

    request_id: str
    event: bytes
    arn: str
    deadline_ms: int
    trace: str
    client_context: str
    """JSON, empty for none."""


class Reply(NamedTuple):
    """What the client said: ready, response, error, init/error or too-large, and the body."""

    kind: str
    body: bytes = b""


class RuntimeApi:
    """A server on a port of its own; one invocation at a time."""

    def __init__(self) -> None:
        self.replies: queue.Queue[Reply] = queue.Queue()
        self._pending: queue.Queue[Invocation | None] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._current = ""
        serving = {"poll_interval": 0.1}
        threading.Thread(target=self._server.serve_forever, kwargs=serving, daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API has them."""
        return f"127.0.0.1:{self._server.server_port}"

    def give(self, invocation: Invocation) -> None:
        """Let the client have an invocation."""
        self._current = invocation.request_id
        self._pending.put(invocation)

    def close(self) -> None:
        """Stop serving; a client that waits is let go."""
        self._pending.put(None)
        self._server.shutdown()
        self._server.server_close()

    def wait_next(self) -> Invocation | None:
        """Wait, on the client's behalf, until there is an invocation or the server closes."""
        self.replies.put(Reply("ready"))
        return self._pending.get()

    def take(self, path: str, body: bytes) -> int:
        """Take what the client posts, and say the HTTP status that it gets."""
        if path == f"{_BASE}/init/error":
            self.replies.put(Reply("init/error", body))
            return 202
        found = _ANSWER.fullmatch(path)
        if found is None:
            return 404
        if found[1] != self._current:
            return 400
        self._current = ""
        if len(body) > MAX_ANSWER_BYTES and found[2] == "response":
            self.replies.put(Reply("too-large"))
            return 413
        self.replies.put(Reply(found[2], body))
        return 202


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment: two would wait for each other's receipt

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            invocation = api.wait_next() if self.path == f"{_BASE}/invocation/next" else None
            if invocation is None:
                self.close_connection = True
                self._send(404, b"", {})
                return
            headers = {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
                "Lambda-Runtime-Trace-Id": invocation.trace,
            }
            if invocation.client_context:
                headers["Lambda-Runtime-Client-Context"] = invocation.client_context
            self._send(200, invocation.event, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(api.take(self.path, body), b"", {})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
