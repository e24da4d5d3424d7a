"""The protocol that all services share: reading, checking and answering."""

import datetime
import json
from typing import Any

import cbor2
import orjson
import pytest
import urllib3

from by_hand import unsigned_root
from local_aws.athena.service import AthenaService
from local_aws.glue.service import GlueService
from local_aws.kinesis.service import KinesisService
from local_aws.protocol import model, patterns
from local_aws.protocol.codec import CBOR, JSON, arguments
from local_aws.protocol.errors import ServiceError
from local_aws.protocol.validate import checked
from local_aws.server import OUR_SERVICES

SECONDS = 1_763_800_000
AT = model.input_shape("kinesis", "GetShardIterator")


def asked(time: Any) -> dict[str, Any]:
    place = {"StreamName": "s", "ShardId": "shardId-0", "ShardIteratorType": "AT_TIMESTAMP"}
    return place | {"Timestamp": time}


@pytest.mark.parametrize(
    "form",
    [
        f"1a{SECONDS:08x}",
        f"1b{SECONDS:016x}",
        f"1b{SECONDS * 1000:016x}",
        f"c11a{SECONDS:08x}",
        f"c11b{SECONDS * 1000:016x}",
        f"d8011b{SECONDS * 1000:016x}",
        f"c1{cbor2.dumps(float(SECONDS)).hex()}",
        f"c1{cbor2.dumps(float(SECONDS * 1000)).hex()}",
        f"c1c246{SECONDS * 1000:012x}",
        f"c1c482001a{SECONDS:08x}",
        f"c1c582001a{SECONDS:08x}",
        cbor2.dumps(datetime.datetime.fromtimestamp(SECONDS, datetime.UTC)).hex(),
        cbor2.dumps(
            datetime.datetime.fromtimestamp(SECONDS, datetime.UTC), datetime_as_timestamp=True
        ).hex(),
    ],
)
def test_a_time_is_taken_in_every_form_that_cbor_has_for_it(form: str) -> None:
    whole = cbor2.dumps(asked(None)).removesuffix(b"\xf6") + bytes.fromhex(form)
    assert checked(AT, arguments(whole, CBOR))["Timestamp"] == SECONDS


@pytest.mark.parametrize("time", [float("nan"), float("inf"), 10**400, True, "2025-11-22"])
def test_what_is_no_time_is_refused(time: Any) -> None:
    body = cbor2.dumps(asked(time))
    with pytest.raises(ServiceError) as refused:
        checked(AT, arguments(body, CBOR))
    assert refused.value.code == "SerializationException"


@pytest.mark.parametrize(
    ("body", "codec"),
    [
        (b"{", JSON),
        (b"[]", JSON),
        (b"\xff", JSON),
        (b"\xa1", CBOR),
        (b"\x80", CBOR),
        (b"\x81" * 50_000, CBOR),
        (b"\xa1aT\xc1\xc4\x61x", CBOR),
        (b"[" * 50_000, JSON),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, codec: Any) -> None:
    with pytest.raises(ServiceError) as refused:
        arguments(body, codec)
    assert refused.value.code == "SerializationException"


def test_empty_arguments_are_no_body() -> None:
    assert arguments(b"", JSON) == {}
    assert arguments(b"", CBOR) == {}


def test_every_broken_constraint_is_named_in_the_services_words() -> None:
    given = {"StreamName": "a b", "ShardCount": 0}
    with pytest.raises(ServiceError) as refused:
        checked(model.input_shape("kinesis", "CreateStream"), given)
    assert refused.value.code == "ValidationException"
    assert refused.value.message == (
        "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at "
        "'shardCount' failed to satisfy constraint: Member must have value greater than or equal "
        "to 1"
    )


@pytest.mark.parametrize("service", OUR_SERVICES)
def test_every_operation_of_a_table_is_one_of_the_service(service: Any) -> None:
    assert set(service.operations) <= model.operations(service.name)


@pytest.mark.parametrize(
    ("called", "body", "code", "member"),
    [
        ((KinesisService, "DescribeStream"), b"{", "SerializationException", "message"),
        ((AthenaService, "GetQueryExecution"), b"{}", "InvalidRequestException", "Message"),
        ((AthenaService, "GetQueryExecution"), b"[]", "SerializationException", "message"),
        ((AthenaService, "CreateNotebook"), b"{}", "NotImplementedException", "message"),
        ((AthenaService, "Dream"), b"{}", "UnknownOperationException", "message"),
        ((GlueService, "GetTable"), b"{}", "ValidationException", "Message"),
        ((GlueService, "GetTable"), b"x", "SerializationException", "message"),
    ],
)
def test_services_refuse_alike(
    local_aws: str, called: tuple[Any, str], body: bytes, code: str, member: str
) -> None:
    service, operation = called
    target = f"{model.target_prefix(service.name)}.{operation}"
    headers = {"x-amz-target": target, "content-type": JSON.content_type}
    headers |= unsigned_root(service.name)
    answer = urllib3.request("POST", local_aws, body=body, headers=headers)
    said = orjson.loads(answer.data)
    assert (said["__type"], answer.headers["x-amzn-errortype"]) == (code, code)
    assert answer.status == (501 if code == "NotImplementedException" else 400)
    assert said[member]


def test_a_body_above_the_limit_is_refused_by_each(local_aws: str) -> None:
    for service in OUR_SERVICES:
        operation = next(iter(service.operations))
        target = f"{model.target_prefix(service.name)}.{operation}"
        body = json.dumps({"x": "x" * (16 << 20)}).encode()
        headers = {"x-amz-target": target, "content-type": JSON.content_type}
        answer = urllib3.request("POST", local_aws, body=body, headers=headers)
        assert answer.status == 413
        assert answer.json()["__type"] == "RequestEntityTooLargeException"


@pytest.mark.parametrize(
    ("pattern", "fits", "not_so"),
    [
        (r"[\w\-]+", "a-B_9", "é"),
        (r"[\w-.~]+", "a-.~", "é"),
        (r"\d{2}", "12", "٣٣"),
        (r"[\p{L}\p{N}]+", "é1", "-"),
        (r"[\p{Alpha}-]+", "a-", "é"),
        (r"(\p{LD}|\p{Punct}| )+", "é1! ]\\^", "\n"),
        (r"[\p{all}]*", "é\n", None),
        (r"[^\x{22}]", "a", '"'),
        (r"[a-z]{2}{0,9}", "ab", "abab"),
        (r"[a-z]++b?", "aa", "1"),
        (r"[\u0020-\u00FF]+", "a ü", "\u0100"),
        (r"^(?:a|1[0-9])$", "19", "1"),
    ],
)
def test_a_pattern_of_java_means_what_it_means_there(
    pattern: str, fits: str, not_so: str | None
) -> None:
    compiled = patterns.compiled(pattern)
    assert compiled.fullmatch(fits)
    assert not_so is None or not compiled.fullmatch(not_so)


@pytest.mark.parametrize("service", [service.name for service in OUR_SERVICES])
def test_every_pattern_of_our_services_can_be_read(service: str) -> None:
    described = model.service_model(service)
    found = {described.shape_for(name).metadata.get("pattern") for name in described.shape_names}
    for pattern in found - {None}:
        patterns.compiled(str(pattern))
