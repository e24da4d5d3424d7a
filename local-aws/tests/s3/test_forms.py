"""Objects that a browser posts as a form, signed by the keys of a user or a role, or by nobody."""

import base64
import json
import uuid
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

MINE = "up/"
BODY = b"what the form brings"


@pytest.fixture
def bucket(aws_env: str) -> str:
    name = f"form-{uuid.uuid4()}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


def may_put_mine(bucket: str) -> str:
    allowed = {"Effect": "Allow", "Action": "s3:PutObject"}
    statement = {**allowed, "Resource": f"arn:aws:s3:::{bucket}/{MINE}*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def of_user(bucket: str) -> dict[str, str]:
    iam, name = boto3.client("iam"), f"poster-{uuid.uuid4().hex}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="put", PolicyDocument=may_put_mine(bucket))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    secret = key["SecretAccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": secret}


def of_role(bucket: str) -> dict[str, str]:
    iam, name = boto3.client("iam"), f"poster-{uuid.uuid4().hex}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="put", PolicyDocument=may_put_mine(bucket))
    taken = boto3.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="browser")
    key = taken["Credentials"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
        "aws_session_token": key["SessionToken"],
    }


def signed(
    credentials: dict[str, str],
    bucket: str,
    key: str,
    signature: str = "s3v4",
    **more: Any,
) -> dict[str, Any]:
    config = Config(signature_version=signature)
    client = boto3.client("s3", config=config, **credentials)
    made: dict[str, Any] = client.generate_presigned_post(bucket, key, **more)
    return made


def post(form: dict[str, Any], **changed: str) -> tuple[int, str]:
    fields = {**form["fields"], **changed, "file": ("a.txt", BODY)}
    answer = urllib3.request("POST", form["url"], fields=fields, redirect=False)
    code = answer.data.decode().partition("<Code>")[2].partition("</Code>")[0]
    return answer.status, code


def kept(bucket: str) -> dict[str, bytes]:
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found
    }


@pytest.mark.parametrize("signature", ["s3", "s3v4"])
@pytest.mark.parametrize("who", [of_user, of_role])
def test_who_may_put_may_post(bucket: str, who: Any, signature: str) -> None:
    credentials = who(bucket)
    assert post(signed(credentials, bucket, f"{MINE}${{filename}}", signature)) == (204, "")
    assert kept(bucket) == {f"{MINE}a.txt": BODY}
    refused = (403, "AccessDenied")
    assert post(signed(credentials, bucket, "elsewhere", signature)) == refused
    form = signed(credentials, bucket, f"{MINE}b", signature)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    policy["expiration"] = "2099-01-01T00:00:00Z"
    forged = base64.b64encode(json.dumps(policy).encode()).decode()
    assert post(form, policy=forged) == (403, "SignatureDoesNotMatch")
    assert kept(bucket) == {f"{MINE}a.txt": BODY}


@pytest.mark.parametrize(
    ("condition", "fields", "answer"),
    [
        (["content-length-range", 1, 100], {}, (204, "")),
        (["content-length-range", 1, 5], {}, (400, "EntityTooLarge")),
        (["content-length-range", 100, 200], {}, (400, "EntityTooSmall")),
        (["starts-with", "$Content-Type", "text/"], {"Content-Type": "text/csv"}, (204, "")),
        (
            ["starts-with", "$Content-Type", "text/"],
            {"Content-Type": "image/png"},
            (403, "AccessDenied"),
        ),
        (["eq", "$x-amz-meta-a", "1"], {"x-amz-meta-a": "1"}, (204, "")),
        (["eq", "$x-amz-meta-a", "1"], {"x-amz-meta-a": "2"}, (403, "AccessDenied")),
        ({"x-amz-meta-a": "1"}, {}, (403, "AccessDenied")),
        (["content-length-range", 1, 100], {"x-amz-meta-b": "1"}, (403, "AccessDenied")),
        ({"success_action_status": "201"}, {"success_action_status": "201"}, (201, "")),
        ({"tagging": "<Tagging/>"}, {"tagging": "<Tagging/>"}, (501, "NotImplemented")),
    ],
)
def test_the_conditions_of_a_policy_hold(
    bucket: str, condition: Any, fields: dict[str, str], answer: tuple[int, str]
) -> None:
    form = signed(of_user(bucket), bucket, f"{MINE}a", Conditions=[condition])
    assert post(form, **fields) == answer
    assert bool(kept(bucket)) == (answer[0] < 300)


def test_a_policy_expires(bucket: str) -> None:
    assert post(signed(of_user(bucket), bucket, f"{MINE}a", ExpiresIn=-1)) == (403, "AccessDenied")


def test_what_stands_behind_the_file_is_ignored(bucket: str) -> None:
    form = signed(of_user(bucket), bucket, f"{MINE}a")
    fields = {**form["fields"], "file": ("a", BODY), "x-amz-meta-late": "1"}
    assert urllib3.request("POST", form["url"], fields=fields).status == 204
    assert boto3.client("s3").head_object(Bucket=bucket, Key=f"{MINE}a")["Metadata"] == {}


def test_nobody_posts_what_the_bucket_does_not_let_anybody(bucket: str) -> None:
    s3 = boto3.client("s3")
    form = {"url": f"{s3.meta.endpoint_url}/{bucket}", "fields": {"key": f"{MINE}a"}}
    assert post(form) == (403, "AccessDenied")
    s3.delete_public_access_block(Bucket=bucket)
    policy = json.loads(may_put_mine(bucket))
    policy["Statement"][0]["Principal"] = "*"
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert post(form) == (204, "")
    assert post(form, key="elsewhere") == (403, "AccessDenied")
    assert kept(bucket) == {f"{MINE}a": BODY}
