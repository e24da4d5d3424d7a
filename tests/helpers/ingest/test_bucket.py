"""A bucket of somebody else is told apart from one that does not exist."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from helpers import aws
from helpers.errors import InputError
from helpers.ingest import catalog


class _Refuses(BaseHTTPRequestHandler):
    """S3 as it answers for a bucket of another account: the local AWS has one account only."""

    def do_HEAD(self) -> None:
        self.server.asked.append((self.command, self.path))  # type: ignore[attr-defined]
        self.send_response(403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def refusing_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What a server was asked that answers 403 to everything."""
    server = HTTPServer(("127.0.0.1", 0), _Refuses)
    asked = server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    yield asked
    aws.client.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_bucket_that_is_not_ours_is_named(refusing_s3: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError, match="the bucket taken-name is not ours"):
        catalog.check_bucket("taken-name")
    assert refusing_s3 == [("HEAD", "/taken-name")]
