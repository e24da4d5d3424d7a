"""A key that is missing is told to whom may list the bucket; everybody else is denied."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import Server, allow

pytestmark = pytest.mark.server

BUCKET = "hiding"
OBJECTS = allow("s3:*Object*", f"arn:aws:s3:::{BUCKET}/*")
PLACE = {"Bucket": BUCKET, "Key": "missing"}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_object", PLACE),
    ("head_object", PLACE),
    ("get_object_tagging", PLACE),
    ("copy_object", {"Bucket": BUCKET, "Key": "new", "CopySource": PLACE}),
]


@pytest.fixture(scope="module")
def bucket(enforcing: Server) -> Any:
    s3 = enforcing.root("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="there", Body=b"1")
    return s3


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_without_leave_to_list_a_missing_key_is_denied(
    enforcing: Server, bucket: Any, operation: str, arguments: dict[str, Any]
) -> None:
    reader = enforcing.acting(OBJECTS)("s3")
    status, code = refused(lambda: getattr(reader, operation)(**arguments))
    assert (status, code) == (403, "403" if operation == "head_object" else "AccessDenied")
    assert reader.get_object(Bucket=BUCKET, Key="there")["Body"].read() == b"1"


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_with_leave_to_list_a_missing_key_is_missing(
    enforcing: Server, bucket: Any, operation: str, arguments: dict[str, Any]
) -> None:
    reader = enforcing.acting(OBJECTS, allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"))("s3")
    status, code = refused(lambda: getattr(reader, operation)(**arguments))
    assert (status, code) == (404, "404" if operation == "head_object" else "NoSuchKey")
    assert refused(lambda: getattr(bucket, operation)(**arguments))[0] == 404


def test_the_denial_says_what_is_lacking(enforcing: Server, bucket: Any) -> None:
    reader = enforcing.acting(OBJECTS)("s3")
    with pytest.raises(ClientError, match=r"not authorized to perform: s3:ListBucket on resource"):
        reader.get_object(**PLACE)
