"""The local AWS as a process: its start, its refusals, its end, and what it remembers."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.folder import open_folder

pytestmark = pytest.mark.server  # it starts servers of its own

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it must be refused
SERVE = [sys.executable, "-m", "local_aws"]
Start = Callable[..., tuple[subprocess.Popen[str], str]]


def client(service: str, endpoint: str, **options: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, **options),
    )


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers that are gone after the test, however it ends."""
    servers = []

    def run(folder: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
        command = [*SERVE, "--port", "0", "--data", str(folder), *more]
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        servers.append(server)
        line = server.stdout.readline()  # type: ignore[union-attr]
        assert line.startswith("ready http://127.0.0.1:"), server.stderr.read()  # type: ignore[union-attr]
        return server, line.split()[1]

    yield run
    for server in servers:
        server.kill()
        server.wait()


def stop(server: subprocess.Popen[str]) -> float:
    """Stop a server with SIGTERM; returns the seconds that it took."""
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=10) == 0
    return time.monotonic() - began


def refused(*arguments: str) -> str:
    done = subprocess.run(
        [*SERVE, *arguments], check=False, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_another_bind_address_is_refused_unless_the_risk_is_named(tmp_path: Path) -> None:
    said = refused("--data", str(tmp_path), "--host", EVERYWHERE)
    assert "--expose-to-network" in said
    assert EVERYWHERE in said


def test_a_folder_has_one_server_and_another_folder_another_world(
    start: Start, local_aws: str, tmp_path: Path
) -> None:
    _, endpoint = start(tmp_path)
    client("s3", local_aws).create_bucket(Bucket="of-the-other")
    assert client("s3", endpoint).list_buckets()["Buckets"] == []
    assert "in use by another local AWS" in refused("--data", str(tmp_path), "--port", "0")


def test_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port}" in refused("--data", str(tmp_path), "--port", port)


def test_state_survives_a_restart_and_nothing_but_the_address_is_printed(
    start: Start, tmp_path: Path
) -> None:
    server, endpoint = start(tmp_path)
    client("s3", endpoint).create_bucket(Bucket="kept-bucket")
    client("s3", endpoint).put_object(Bucket="kept-bucket", Key="a/b.txt", Body=b"kept")
    client("glue", endpoint).create_database(DatabaseInput={"Name": "kept_db"})
    client("athena", endpoint).create_work_group(Name="kept-group")
    client("sqs", endpoint).create_queue(QueueName="kept-queue")
    stop(server)
    assert server.stdout.read() == ""  # type: ignore[union-attr]
    assert server.stderr.read() == ""  # type: ignore[union-attr]
    _, endpoint = start(tmp_path)
    body = client("s3", endpoint).get_object(Bucket="kept-bucket", Key="a/b.txt")["Body"].read()
    assert body == b"kept"
    assert client("glue", endpoint).get_database(Name="kept_db")["Database"]["Name"] == "kept_db"
    assert client("athena", endpoint).get_work_group(WorkGroup="kept-group")
    assert client("sqs", endpoint).get_queue_url(QueueName="kept-queue")


def test_killed_server_keeps_queues_with_messages_topics_tables_and_stacks(
    start: Start, tmp_path: Path
) -> None:
    server, endpoint = start(tmp_path)
    sqs, sns = client("sqs", endpoint), client("sns", endpoint)
    url = sqs.create_queue(QueueName="kept-queue")["QueueUrl"]
    topic = sns.create_topic(Name="kept-topic")["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:000000000000:kept-queue"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.publish(TopicArn=topic, Message="kept")
    client("dynamodb", endpoint).create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("dynamodb", endpoint).put_item(TableName="kept", Item={"k": {"S": "kept"}})
    stacks = client("cloudformation", endpoint)
    body = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    stacks.create_stack(StackName="kept", TemplateBody=body)
    stacks.get_waiter("stack_create_complete").wait(StackName="kept", WaiterConfig={"Delay": 1})
    time.sleep(1)  # all of it is saved half a second after a change
    server.kill()
    server.wait()
    _, endpoint = start(tmp_path)
    sqs, sns = client("sqs", endpoint), client("sns", endpoint)
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "kept"
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert subscription["Endpoint"] == queue
    key = {"k": {"S": "kept"}}
    assert client("dynamodb", endpoint).get_item(TableName="kept", Key=key)["Item"] == key
    (stack,) = client("cloudformation", endpoint).describe_stacks(StackName="kept")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_killed_server_keeps_objects_catalog_workgroups_and_alarms(
    start: Start, tmp_path: Path
) -> None:
    server, endpoint = start(tmp_path)
    client("s3", endpoint).create_bucket(Bucket="full-bucket")
    client("s3", endpoint).create_bucket(Bucket="empty-bucket")
    client("s3", endpoint).put_object(Bucket="full-bucket", Key="k", Body=b"kept")
    client("glue", endpoint).create_database(DatabaseInput={"Name": "kept_db"})
    client("athena", endpoint).create_work_group(Name="kept-group")
    alarms = client("cloudwatch", endpoint)
    alarms.put_composite_alarm(AlarmName="kept-alarm", AlarmRule="TRUE")
    alarms.put_metric_data(Namespace="Kept", MetricData=[{"MetricName": "kept", "Value": 7}])
    time.sleep(1)  # the catalog is saved half a second after a change
    server.kill()
    server.wait()
    _, endpoint = start(tmp_path)
    buckets = [b["Name"] for b in client("s3", endpoint).list_buckets()["Buckets"]]
    assert buckets == ["empty-bucket", "full-bucket"]
    assert (
        client("s3", endpoint).get_object(Bucket="full-bucket", Key="k")["Body"].read() == b"kept"
    )
    assert client("glue", endpoint).get_database(Name="kept_db")
    assert client("athena", endpoint).get_work_group(WorkGroup="kept-group")
    alarms = client("cloudwatch", endpoint)
    (alarm,) = alarms.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (alarm["AlarmName"], alarm["StateValue"]) == ("kept-alarm", "ALARM")
    assert [each["MetricName"] for each in alarms.list_metrics()["Metrics"]] == ["kept"]


def test_sigterm_ends_it_in_time_with_a_connection_open(start: Start, tmp_path: Path) -> None:
    server, endpoint = start(tmp_path)
    host, port = endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as open_connection:
        open_connection.sendall(
            b"PUT /some-bucket HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
        )
        client("glue", endpoint).create_database(DatabaseInput={"Name": "kept_db"})
        assert stop(server) < 5
    _, endpoint = start(tmp_path)
    assert client("glue", endpoint).get_database(Name="kept_db")


NUMBERS = f"(VALUES {', '.join(str(n) for n in range(200))})"
ENDLESS = f"""
    SELECT count(*)
    FROM {NUMBERS} AS a(x) CROSS JOIN {NUMBERS} AS b(x) CROSS JOIN {NUMBERS} AS c(x)
    CROSS JOIN {NUMBERS} AS d(x) CROSS JOIN {NUMBERS} AS e(x)
    WHERE (a.x * b.x + c.x * d.x) % 7 = e.x
"""


def query(endpoint: str, sql: str) -> str:
    where = {"OutputLocation": "s3://query-results/"}
    athena = client("athena", endpoint)
    started = athena.start_query_execution(QueryString=sql, ResultConfiguration=where)
    return str(started["QueryExecutionId"])


def status(endpoint: str, query_id: str, *wanted: str) -> dict[str, Any]:
    athena = client("athena", endpoint)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = athena.get_query_execution(QueryExecutionId=query_id)
        found = answer["QueryExecution"]["Status"]
        if found["State"] in wanted:
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(found)


def test_sigterm_ends_it_in_time_with_a_query_running_and_history_is_kept(
    start: Start, tmp_path: Path
) -> None:
    server, endpoint = start(tmp_path)
    client("s3", endpoint).create_bucket(Bucket="query-results")
    made = query(endpoint, "CREATE DATABASE made_by_athena")
    done = query(endpoint, "SELECT 41 + 1 AS answer")
    status(endpoint, made, "SUCCEEDED")
    status(endpoint, done, "SUCCEEDED")
    running = query(endpoint, ENDLESS)
    status(endpoint, running, "RUNNING")
    assert stop(server) < 5
    server, endpoint = start(tmp_path)
    assert status(endpoint, running, "FAILED", "CANCELLED")["StateChangeReason"]
    athena = client("athena", endpoint)
    rows = athena.get_query_results(QueryExecutionId=done)["ResultSet"]["Rows"]
    assert rows[1]["Data"] == [{"VarCharValue": "42"}]
    assert client("glue", endpoint).get_database(Name="made_by_athena")
    running = query(endpoint, ENDLESS)
    status(endpoint, running, "RUNNING")
    server.kill()
    server.wait()
    _, endpoint = start(tmp_path)
    ended = status(endpoint, running, "FAILED")
    assert ended["AthenaError"]["Retryable"]


def test_endpoints_that_wipe_everything_are_off(local_aws: str) -> None:
    s3 = client("s3", local_aws)
    s3.create_bucket(Bucket="not-wiped")
    host, port = local_aws.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /_ministack/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 403")
    assert "not-wiped" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


@pytest.mark.parametrize(
    ("service", "operation"),
    [("rds", "describe_db_instances"), ("codebuild", "list_projects"), ("batch", "list_jobs")],
)
def test_service_that_is_left_out_is_named(local_aws: str, service: str, operation: str) -> None:
    with pytest.raises(ClientError, match=f"NotImplemented.*no {service}"):
        getattr(client(service, local_aws), operation)()


def run_command(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SERVE, "--port", "0", "--data", str(folder), "--", *command],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_command_runs_against_the_server_and_its_exit_code_is_returned(tmp_path: Path) -> None:
    program = (
        "import boto3, os, sys; boto3.client('s3').create_bucket(Bucket='made-inside');"
        "print(os.environ['AWS_ENDPOINT_URL']); sys.exit(7)"
    )
    done = run_command(tmp_path, sys.executable, "-c", program)
    assert done.returncode == 7, done.stderr
    endpoint = done.stdout.strip()
    assert endpoint.startswith("http://127.0.0.1:")
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", int(endpoint[17:]))):
        pass


def test_command_that_cannot_start_is_named_and_leaves_no_server(tmp_path: Path) -> None:
    done = run_command(tmp_path, "no-such-program")
    assert done.returncode == 127
    assert "no-such-program" in done.stderr
    _, lock = open_folder(tmp_path)  # nobody holds it
    lock.close()
