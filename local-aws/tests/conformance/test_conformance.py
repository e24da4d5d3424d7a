"""The local Athena against what a real Trino answered to the same statements.

`conformance/statements` asks, `conformance/recording.json` holds Trino's answers (`make
record-athena`), `conformance/differences.yaml` lists what is refused here, what fails in other
words, and what is known to be wrong. `conformance/departures.yaml` holds where Athena itself
departs from Trino: it goes before the recording.
"""

import io
import json
import re
import time
from collections.abc import Sequence
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from conformance import corpus
from conformance.comparing import printed_type, reason, same_value

DATABASE, BUCKET = "conformance", "conformance"
MOST_IN_BATCH = 50
FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
RECORDING = json.loads((corpus.HERE / "recording.json").read_text(encoding="utf-8"))
KNOWN = yaml.safe_load((corpus.HERE / "differences.yaml").read_text(encoding="utf-8"))
REFUSED = {entry["sql"]: entry["names"] for entry in KNOWN["refused"]}
WORDING = {entry["sql"]: entry.get("error") for entry in KNOWN["wording"]}
OPEN = {entry["sql"]: entry["why"] for entry in KNOWN["open"]}
DEPARTURES = yaml.safe_load((corpus.HERE / "departures.yaml").read_text(encoding="utf-8"))
OVERRULED = {entry["sql"] for entry in DEPARTURES["departures"] if entry.get("overrules")}

# Athena takes a number with a point for a double, the recorded Trino for a decimal, which Athena
# writes with its type ("Data type examples" of its guide)
_EXACT = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|(?<![\w.])(?P<number>[\d_]+\.[\d_]*|\.\d[\d_]*)(?![\w.])"""
)


def _as_recorded(sql: str) -> str:
    """Return what Athena has to be asked for the recorded answer."""
    return _EXACT.sub(lambda m: f"DECIMAL '{m['number']}'" if m["number"] else m[0], sql)


ARROW = {
    "timestamp(3)": pa.timestamp("ms"),
    "varchar": pa.string(),
    "bigint": pa.int64(),
    "decimal(10, 2)": pa.decimal128(10, 2),
}
HIVE = {
    "timestamp(3)": "timestamp",
    "varchar": "string",
    "bigint": "bigint",
    "decimal(10, 2)": "decimal(10,2)",
}


def test_the_recording_holds_exactly_the_corpus() -> None:
    recorded = [(e["subject"], e["sql"], tuple(e.get("parameters", ()))) for e in RECORDING]
    assert recorded == [(s.subject, s.sql, s.parameters) for s in corpus.statements()]
    assert {*REFUSED, *WORDING, *OPEN, *OVERRULED} <= {entry["sql"] for entry in RECORDING}
    assert len(RECORDING) >= 250


class Client:
    """Runs statements over the local Athena's API."""

    def __init__(self, endpoint: str) -> None:
        session = boto3.Session("test", "test", region_name="us-east-1")
        self.athena = session.client("athena", endpoint_url=endpoint)
        self.s3 = session.client("s3", endpoint_url=endpoint)

    def answers(self, statements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Columns and rows of each statement, or the reason of its failure; all run at once."""
        begun = [self._start(entry["sql"], entry.get("parameters")) for entry in statements]
        executions: dict[str, dict[str, Any]] = {}
        while waiting := [q for q in begun if isinstance(q, str) and q not in executions]:
            told = self.athena.batch_get_query_execution(QueryExecutionIds=waiting[:MOST_IN_BATCH])
            for execution in told["QueryExecutions"]:
                if execution["Status"]["State"] in FINAL:
                    executions[execution["QueryExecutionId"]] = execution
            time.sleep(0.02)
        return [q if isinstance(q, dict) else self._result(q, executions[q]) for q in begun]

    def _start(self, sql: str, parameters: list[str] | None) -> str | dict[str, Any]:
        members: dict[str, Any] = {"ExecutionParameters": parameters} if parameters else {}
        try:
            started = self.athena.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": DATABASE},
                ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
                **members,
            )
        except self.athena.exceptions.InvalidRequestException as error:  # how Athena may parse
            return {"error": f"SYNTAX_ERROR: {error.response['Error']['Message']}"}
        return str(started["QueryExecutionId"])

    def _result(self, query: str, execution: dict[str, Any]) -> dict[str, Any]:
        if execution["Status"]["State"] != "SUCCEEDED":
            return {"error": execution["Status"]["StateChangeReason"]}
        page = self.athena.get_query_results(QueryExecutionId=query)["ResultSet"]
        infos = page["ResultSetMetadata"]["ColumnInfo"]
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in page["Rows"][1:]]
        return {"columns": [(info["Name"], info["Type"]) for info in infos], "rows": rows}


@pytest.fixture(scope="module")
def client(local_aws: str) -> Client:
    client = Client(local_aws)
    client.s3.create_bucket(Bucket=BUCKET)
    _load_events(client)
    return client


@pytest.fixture(scope="module")
def answers(client: Client) -> dict[int, dict[str, Any]]:
    asked = [{**entry, "sql": _as_recorded(entry["sql"])} for entry in RECORDING]
    return dict(enumerate(client.answers(asked)))


def _load_events(client: Client) -> None:
    rows = corpus.rows()
    columns = {
        name: pa.array([_typed(row[name], kind) for row in rows], pa.string()).cast(ARROW[kind])
        for name, kind in corpus.COLUMNS.items()
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    client.s3.put_object(Bucket=BUCKET, Key="events/part.parquet", Body=file.getvalue())
    fields = ", ".join(f"{name} {HIVE[kind]}" for name, kind in corpus.COLUMNS.items())
    for sql in (
        f"CREATE DATABASE IF NOT EXISTS {DATABASE}",
        f"CREATE EXTERNAL TABLE events ({fields}) STORED AS PARQUET "
        f"LOCATION 's3://{BUCKET}/events/'",
    ):
        done = client.answers([{"sql": sql}])
        assert "error" not in done[0], done


def _typed(value: str | None, kind: str) -> str | None:
    return value.replace(" ", "T") if value and kind.startswith("timestamp") else value


def _cases() -> list[Any]:
    return [
        pytest.param(
            number,
            id=f"{entry['subject']}-{number}",
            marks=pytest.mark.xfail(reason=OPEN[entry["sql"]]) if entry["sql"] in OPEN else (),
        )
        for number, entry in enumerate(RECORDING)
        if entry["sql"] not in OVERRULED
    ]


@pytest.mark.parametrize("number", _cases())
def test_statement(number: int, answers: dict[int, dict[str, Any]]) -> None:
    recorded, got = RECORDING[number], answers[number]
    sql = recorded["sql"]
    if sql in REFUSED:
        assert f"{REFUSED[sql]}" in got.get("error", ""), sql
        assert "not supported" in got["error"], sql
        return
    if "error" in recorded:
        assert "error" in got, f"{sql}\nshould fail with {recorded['error']}"
        name, message = recorded["error"]
        if sql in WORDING:
            assert got["error"].split(":")[0] == (WORDING[sql] or name), sql
        else:
            assert reason(got["error"]) == reason(f"{name}: {message}"), sql
        return
    assert "error" not in got, f"{sql}\n{got['error']}"
    types = [printed_type(kind) for _, kind in recorded["columns"]]
    names = [name for name, _ in recorded["columns"]]
    assert got["columns"] == list(zip(names, types, strict=True)), sql
    assert len(got["rows"]) == len(recorded["rows"]), sql
    for row, wanted in zip(got["rows"], recorded["rows"], strict=True):
        same = map(same_value, row, wanted, types)
        assert all(same), f"{sql}\n   is {row}\nTrino {wanted}"


@pytest.fixture(scope="module")
def departures(client: Client) -> dict[int, dict[str, Any]]:
    return dict(enumerate(client.answers(DEPARTURES["departures"])))


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, id=f"{entry['page']}-{number}")
        for number, entry in enumerate(DEPARTURES["departures"])
    ],
)
def test_athena_goes_before_trino(number: int, departures: dict[int, dict[str, Any]]) -> None:
    wanted, got = DEPARTURES["departures"][number], departures[number]
    assert wanted["page"] in DEPARTURES["pages"]
    if "error" in wanted:
        assert got.get("error", "no error").startswith(wanted["error"]), wanted["sql"]
        return
    assert "error" not in got, f"{wanted['sql']}\n{got.get('error')}"
    if "columns" in wanted:
        assert [list(column) for column in got["columns"]] == wanted["columns"], wanted["sql"]
    assert got["rows"] == wanted["rows"], wanted["sql"]
