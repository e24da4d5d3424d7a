"""Roles of tests, which hand them to services: policies are enforced in every test."""

import json

import boto3

VERSION = "2012-10-17"


def of_databrew(name: str) -> str:
    """Make a role in which DataBrew's jobs read and write all that tests make; returns its ARN."""
    return _of("databrew", name, ["s3:*", "glue:Get*", "athena:*"])


def of_flink(name: str) -> str:
    """Make a role in which an application's archive is read; returns its ARN."""
    return _of("kinesisanalytics", name, ["s3:GetObject*"])


def _of(service: str, name: str, actions: list[str]) -> str:
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    may = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    made = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=_policy(trust | {"Action": "sts:AssumeRole"})
    )
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_policy(may))
    return str(made["Role"]["Arn"])


def _policy(statement: dict[str, object]) -> str:
    return json.dumps({"Version": VERSION, "Statement": [statement]})
