"""A proxy that spoils some of the requests that pass, in a fixed order of faults."""

import http.client
import itertools
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Every eighth request is cut before it reaches the server, another one after: the
# server has done it and the client does not know. Two more get an error.
FAULTS = ("", "", "drop", "", "", "500", "", "", "cut", "", "throttle", "")


class FaultyProxy:
    """Serves on a free port of the loopback while the with block runs."""

    def __init__(self, endpoint: str) -> None:
        server = urlsplit(endpoint)
        order = itertools.cycle(FAULTS)
        lock = threading.Lock()
        self.seen: Counter[str] = Counter()
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    fault = next(order)
                    seen[fault] += 1
                if fault == "drop":
                    self.close_connection = True
                    self.connection.close()
                    return
                if fault in {"500", "throttle"}:
                    code = {
                        "500": "InternalFailure",
                        "throttle": "ProvisionedThroughputExceededException",
                    }
                    self.answer(
                        500 if fault == "500" else 400,
                        {"Content-Type": "application/x-amz-json-1.1"},
                        f'{{"__type": "{code[fault]}"}}'.encode(),
                    )
                    return
                upstream = http.client.HTTPConnection(str(server.hostname), server.port, timeout=30)
                upstream.request("POST", self.path, body, dict(self.headers))
                response = upstream.getresponse()
                data = response.read()
                upstream.close()
                headers = {"Content-Type": response.headers["Content-Type"]}
                self.answer(response.status, headers, data, cut=fault == "cut")

            def answer(
                self, status: int, headers: dict[str, str], data: bytes, cut: bool = False
            ) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if cut else data)
                if cut:
                    self.close_connection = True
                    self.connection.close()

            def handle_one_request(self) -> None:
                # A connection that this proxy closed itself cannot be flushed.
                try:
                    super().handle_one_request()
                except (ValueError, OSError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> "FaultyProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"
