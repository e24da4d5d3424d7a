"""Functions run as on Lambda: environment, errors, time, memory, log, concurrency."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambda_functions import (
    ROLE,
    archive,
    deploy,
    invoke,
    log_of,
    make_role,
    printed,
    wait_for,
)

pytestmark = pytest.mark.usefixtures("aws_env")

ACCESS_POINT = (
    "arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-0123456789abcdef0"
)
SHELF = """
import json, logging, os, sys, threading, time

made = time.time_ns()
print("made")

def handle(event, context):
    return globals()[event["do"]](event, context)

def environment(event, context):
    return dict(os.environ)

def paths(event, context):
    return {"path": sys.path, "cwd": os.getcwd(), "made": made}

def context(event, context):
    return {
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "stream": context.log_stream_name,
        "id": context.aws_request_id,
    }

def custom(event, context):
    return context.client_context.custom

def echo(event, context):
    return event["what"]

def fail(event, context):
    raise ValueError("no \\u00fc in it")

def leave(event, context):
    sys.exit(event["code"])

def sleep(event, context):
    time.sleep(event["seconds"])
    return "slept"

def hold(event, context):
    print("begun")
    while not os.path.exists(event["until"]):
        time.sleep(0.05)

def grow(event, context):
    held = bytearray(400 << 20)
    time.sleep(5)

def write(event, context):
    open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "new"), "w")

def unserialisable(event, context):
    return {1, 2}

def spike(event, context):
    held = bytearray(200 << 20)
    del held

def large(event, context):
    return "x" * 7_000_000

def who(event, context):
    import boto3
    return boto3.client("sts").get_caller_identity()["Arn"]

def pandas(event, context):
    import pandas

def say(event, context):
    print("printed")
    logging.getLogger().setLevel("INFO")
    logging.getLogger().info("two\\nlines")
    print("to stderr", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def shelf(local_aws: str) -> str:
    """A function that does what it is told."""
    from local_aws.testing import environment

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(local_aws).items():
            patch.setenv(name, value)
        return deploy(SHELF, Environment={"Variables": {"OWN": "mine"}}, Timeout=10)


def do(name: str, action: str, **rest: Any) -> dict[str, Any]:
    return invoke(name, {"do": action, **rest})


def test_the_environment_is_lambdas_and_its_own_and_nothing_else(
    shelf: str, local_aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = do(shelf, "environment")["Payload"]
    expected = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": local_aws,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": shelf,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{shelf}",
        "AWS_REGION": "us-east-1",
        "OWN": "mine",
        "_HANDLER": "functions_code.handle",
    }
    assert expected.items() <= found.items()
    foreign = [name for name in found if not name.startswith(("AWS_", "LAMBDA_", "_", "LC_"))]
    assert sorted(foreign) == ["LANG", "OWN", "PATH", "TZ"]


def test_it_finds_its_code_the_runtimes_packages_and_no_others(shelf: str) -> None:
    found = do(shelf, "paths")["Payload"]
    assert found["path"][0] == found["cwd"]
    failed = do(shelf, "pandas")
    assert failed["FunctionError"] == "Unhandled"
    assert failed["Payload"]["errorType"] == "ModuleNotFoundError"


def test_it_calls_aws_as_its_role(shelf: str) -> None:
    arn = f"arn:aws:sts::000000000000:assumed-role/function/{shelf}"
    assert do(shelf, "who")["Payload"] == arn


def test_its_context_is_that_of_the_invocation(shelf: str) -> None:
    answer = do(shelf, "context")
    found = answer["Payload"]
    assert found["arn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{shelf}"
    assert (found["name"], found["memory"]) == (shelf, "128")
    assert 0 < found["left"] <= 10_000
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", found["stream"])


def test_a_clients_context_is_handed_on(shelf: str) -> None:
    context = base64.b64encode(json.dumps({"custom": {"a": 1}}).encode()).decode()
    assert invoke(shelf, {"do": "custom"}, ClientContext=context)["Payload"] == {"a": 1}


@pytest.mark.parametrize("what", [None, 1, 1.5, "ü", [1, {"a": None}], {"b": True}])
def test_what_it_returns_comes_back(shelf: str, what: Any) -> None:
    answer = do(shelf, "echo", what=what)
    assert answer["Payload"] == what
    assert "FunctionError" not in answer


def test_a_raised_error_is_told_with_type_place_and_request(shelf: str) -> None:
    answer = do(shelf, "fail")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    document = answer["Payload"]
    assert (document["errorMessage"], document["errorType"]) == ("no ü in it", "ValueError")
    assert re.fullmatch(r"[0-9a-f-]{36}", document["requestId"])
    assert 'raise ValueError("no' in document["stackTrace"][-1]


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        (
            {"do": "leave", "code": 3},
            "Runtime.ExitError",
            "Runtime exited with error: exit status 3",
        ),
        ({"do": "leave", "code": 0}, "Runtime.ExitError", "exited without providing a reason"),
        ({"do": "grow"}, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"),
        ({"do": "spike"}, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"),
        ({"do": "unserialisable"}, "Runtime.MarshalError", "set is not JSON serializable"),
        ({"do": "large"}, "Function.ResponseSizeTooLarge", "6291556 bytes"),
        ({"do": "write"}, "PermissionError", "Permission denied"),
    ],
)
def test_how_it_ends_is_told_as_lambda_tells_it(
    shelf: str, what: dict[str, Any], error: str, said: str
) -> None:
    answer = invoke(shelf, what)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == error
    assert said in answer["Payload"]["errorMessage"]
    assert do(shelf, "echo", what="there again")["Payload"] == "there again"


def test_it_is_ended_when_its_time_is_up() -> None:
    name = deploy(SHELF, Timeout=1)
    answer = do(name, "sleep", seconds=30)
    assert answer["Payload"]["errorType"] == "Sandbox.Timedout"
    assert "Error: Task timed out after 1.00 seconds" in answer["Payload"]["errorMessage"]
    assert any("Task timed out after 1.00 seconds" in line for line in log_of(name))


def test_an_environment_serves_again_and_is_made_anew_when_the_code_changes(shelf: str) -> None:
    first = do(shelf, "paths")["Payload"]
    assert do(shelf, "paths")["Payload"]["made"] == first["made"]
    boto3.client("lambda").update_function_code(
        FunctionName=shelf, ZipFile=archive(SHELF + "\n", "functions_code.py")
    )
    again = do(shelf, "paths")["Payload"]
    assert again["made"] != first["made"]
    assert again["cwd"] != first["cwd"]


def test_an_environment_at_work_while_the_function_changes_serves_nobody_after() -> None:
    name = deploy(SHELF, Environment={"Variables": {"COLOUR": "old"}})
    running = threading.Thread(target=do, args=(name, "sleep"), kwargs={"seconds": 2})
    running.start()
    wait_for(lambda: any(line.startswith("START") for line in log_of(name)))
    client = boto3.client("lambda")
    for colour in ("new", "newest"):  # the second forgets what the first left behind
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {"COLOUR": colour}}
        )
        running.join()
        assert do(name, "environment")["Payload"]["COLOUR"] == colour


@pytest.mark.parametrize(
    ("source", "handler", "error"),
    [
        ("import nothing_of_the_kind", "functions_code.handle", "Runtime.ImportModuleError"),
        ("def handle(:", "functions_code.handle", "Runtime.UserCodeSyntaxError"),
        ("", "functions_code.handle", "Runtime.HandlerNotFound"),
        ("", "functions_code", "Runtime.MalformedHandlerName"),
        ("raise KeyError('x')", "functions_code.handle", "KeyError"),
    ],
)
def test_code_that_cannot_start_is_told(source: str, handler: str, error: str) -> None:
    answer = invoke(deploy(source, Handler=handler))
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == error


def test_the_log_has_each_line_once_in_order_between_start_and_report() -> None:
    name = deploy(SHELF)
    answer = invoke(name, {"do": "say"}, LogType="Tail")
    lines = log_of(name)
    assert [line.split()[0] for line in lines[:3]] == ["INIT_START", "made", "START"]
    assert lines[-2].startswith("END RequestId: ")
    assert re.search(
        r"^REPORT RequestId: [0-9a-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$",
        lines[-1],
    )
    said = lines[3:-2]
    assert [line for line in said if not line.startswith("[INFO]")] == ["printed", "to stderr"]
    assert any(line.endswith("\ttwo\nlines") for line in said)
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert all(line in tail for line in lines[2:])


def test_a_log_in_json_has_records_of_the_service_and_of_the_logger() -> None:
    name = deploy(SHELF, LoggingConfig={"LogFormat": "JSON"})
    do(name, "say")
    do(name, "fail")
    lines = log_of(name)
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert [line for line in lines if not line.startswith("{")] == ["made", "printed", "to stderr"]
    kinds = [event["type"] for event in events if "type" in event]
    assert kinds == ["platform.initStart", *["platform.start", "platform.report"] * 2]
    said = next(event for event in events if event.get("level") == "INFO")
    assert (said["message"], said["logger"]) == ("two\nlines", "root")
    failed = next(event for event in events if event.get("level") == "ERROR")
    assert (failed["errorType"], failed["errorMessage"]) == ("ValueError", "no ü in it")
    reports = [event["record"] for event in events if event.get("type") == "platform.report"]
    assert [report["status"] for report in reports] == ["success", "error"]
    assert reports[0]["metrics"]["memorySizeMB"] == 128


@pytest.fixture
def held(tmp_path: Path) -> Iterator[str]:
    """A function at work until the test ends; its name."""
    name = deploy(SHELF, Timeout=120)
    over = tmp_path / "over"
    running = threading.Thread(target=do, args=(name, "hold"), kwargs={"until": str(over)})
    running.start()
    try:
        wait_for(lambda: "begun" in log_of(name))
        yield name
    finally:
        over.touch()
        running.join()


def test_a_line_is_in_the_log_while_the_function_runs(held: str) -> None:
    lines = log_of(held)
    assert lines[-1] == "begun"
    assert lines[-2].startswith("START RequestId: ")


def test_above_its_reserved_concurrency_it_is_throttled(held: str) -> None:
    client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}))
    client.put_function_concurrency(FunctionName=held, ReservedConcurrentExecutions=1)
    with pytest.raises(client.exceptions.TooManyRequestsException) as refused:
        client.invoke(FunctionName=held)
    assert refused.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert statistic(held, "Throttles", "Sum") == 1
    assert statistic(held, "ConcurrentExecutions", "Maximum") == 1


def test_a_reserved_concurrency_below_none_is_refused(shelf: str) -> None:
    client = boto3.client("lambda", config=Config(parameter_validation=False))
    with pytest.raises(ClientError, match="greater than or equal to 0"):
        client.put_function_concurrency(FunctionName=shelf, ReservedConcurrentExecutions=-1)


def test_every_way_of_invoking_is_counted() -> None:
    name = deploy(SHELF)
    do(name, "echo", what=1)
    do(name, "fail")
    boto3.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps({"do": "echo", "what": 1})
    )
    wait_for(lambda: statistic(name, "Invocations", "Sum") == 3)
    assert statistic(name, "Errors", "Sum") == 1
    assert statistic(name, "Duration", "SampleCount") == 3


def test_queues_and_tables_still_reach_their_functions() -> None:
    source = """
import json

def handle(event, context):
    print("SAID", json.dumps([record["eventSource"] for record in event["Records"]]))
"""
    name = deploy(source)
    client, sqs, dynamodb = (boto3.client(each) for each in ("lambda", "sqs", "dynamodb"))
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    queue = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    client.create_event_source_mapping(FunctionName=name, EventSourceArn=queue)
    client.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )
    sqs.send_message(QueueUrl=url, MessageBody="m")
    dynamodb.put_item(TableName=name, Item={"k": {"S": "k"}})
    wait_for(lambda: len(printed(name)) == 2)
    assert sorted(printed(name)) == [["aws:dynamodb"], ["aws:sqs"]]


def statistic(name: str, metric: str, kind: Any) -> float:
    now = datetime.now(UTC)
    found = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=[kind],
    )["Datapoints"]
    return sum(point[kind] for point in found)


def test_a_layer_is_on_the_path() -> None:
    client = boto3.client("lambda")
    layer = client.publish_layer_version(
        LayerName="brought", Content={"ZipFile": archive("VALUE = 7", "python/brought.py")}
    )["LayerVersionArn"]
    source = "import brought\ndef handle(event, context):\n    return brought.VALUE\n"
    assert invoke(deploy(source, Layers=[layer]))["Payload"] == 7


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"Runtime": "nodejs22.x"}, "runs functions in Python, and none in nodejs22.x"),
        ({"Runtime": "python3.9"}, "has no python3.9"),
        ({"Code": {"S3Bucket": "nowhere", "S3Key": "code.zip"}}, "Error occurred while GetObject"),
        ({"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"]}}, "not support VpcConfig"),
        ({"FileSystemConfigs": [{"Arn": ACCESS_POINT, "LocalMountPath": "/mnt/b"}]}, "FileSystem"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "used in this request: AWS_REGION"),
        ({"Environment": {"Variables": {"LONG": "x" * 4096}}}, "exceeded the 4KB limit"),
        ({"LoggingConfig": {"LogFormat": "Text", "SystemLogLevel": "WARN"}}, "SystemLogLevel can"),
        ({"LoggingConfig": {"ApplicationLogLevel": "WARN"}}, "ApplicationLogLevel can be set only"),
        ({"Code": {}}, "Please provide a source for function code."),
        ({"MemorySize": 20_000}, "Member must have value less than or equal to 10240"),
        ({"Runtime": "cobol85"}, "Member must satisfy enum value set"),
        (
            {"PackageType": "Image", "Code": {"ImageUri": "image"}},
            "not support functions as images",
        ),
    ],
)
def test_what_nothing_here_carries_out_is_refused_by_name(
    settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError, match=re.escape(said)):
        deploy("", **settings)


def test_a_stack_whose_function_cannot_run_fails_and_says_why() -> None:
    template = {
        "Resources": {
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.9",
                    "Handler": "index.handle",
                    "Role": ROLE,
                    "Code": {"ZipFile": "def handle(event, context): pass"},
                },
            }
        }
    }
    make_role()
    cloudformation, name = boto3.client("cloudformation"), "no-such-runtime"
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def reasons() -> str:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return json.dumps([event.get("ResourceStatusReason", "") for event in events])

    wait_for(lambda: "The local AWS has no python3.9" in reasons())


def test_an_event_that_is_no_json_is_refused(shelf: str) -> None:
    with pytest.raises(ClientError, match="Could not parse request body into json"):
        boto3.client("lambda").invoke(FunctionName=shelf, Payload=b"{cut")


def test_an_event_above_six_megabytes_is_refused(shelf: str) -> None:
    with pytest.raises(ClientError, match="RequestTooLargeException"):
        invoke(shelf, {"do": "echo", "what": "x" * 6_291_456})


def test_a_function_that_invokes_itself_for_ever_is_stopped() -> None:
    source = """
import boto3, json, os
from botocore.config import Config

def handle(event, context):
    print("SAID", event["n"])
    once = Config(retries={"total_max_attempts": 1})
    boto3.client("lambda", config=once).invoke(
        FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        InvocationType="Event",
        Payload=json.dumps({"n": event["n"] + 1}),
    )
"""
    name = deploy(source)
    # a fault of ours would otherwise be a flood: each failed invocation is tried three times
    boto3.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0
    )
    invoke(name, {"n": 1})
    wait_for(lambda: any("RecursiveInvocationException" in line for line in log_of(name)), 120)
    assert "SAID 16" in log_of(name)
    assert "SAID 17" not in log_of(name)
