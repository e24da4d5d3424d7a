"""Roles of tests: made by root, assumed by it, and clients that act in them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT = "000000000000"
REGION = "us-east-1"
_numbers = count()


@dataclass(frozen=True)
class Server:
    """A server that enforces policies: its endpoint and data folder."""

    endpoint: str
    folder: Path

    def client(self, service: str, key: str, secret: str, token: str | None = None) -> Any:
        """Make a client with these credentials that tries each call once."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    def root(self, service: str) -> Any:
        """Make a client of the account's root."""
        return self.client(service, "test", "test")

    def role(self, *statements: dict[str, Any], trusts: Any = None, name: str = "") -> str:
        """Make a role that may do what the statements say; returns its name."""
        name = name or f"role-{next(_numbers)}"
        trust = {"Effect": "Allow", "Principal": trusts or {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam = self.root("iam")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        return name

    def acting(self, *statements: dict[str, Any], name: str = "") -> Callable[[str], Any]:
        """Make a role and return a maker of clients that act in it, as the session `tester`."""
        role = self.role(*statements, name=name)
        answer = self.root("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="tester"
        )
        given = answer["Credentials"]
        return lambda service: self.client(
            service, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        )


def document(*statements: dict[str, Any]) -> str:
    """Write a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    actions: str | list[str], resources: str | list[str] = "*", **more: Any
) -> dict[str, Any]:
    """Write a statement that allows."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def from_service(action: str, service: str) -> str:
    """Write the policy of a queue or topic that a service may send to."""
    return document(allow(action, Principal={"Service": f"{service}.amazonaws.com"}))


def arn(service: str, resource: str) -> str:
    """Write an ARN of the tests' account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
