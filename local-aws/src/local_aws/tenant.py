"""Whose resources a call is about."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from local_aws.ministack.foreign import responses


@dataclass(frozen=True)
class Tenant:
    """Account and region: every service keeps them apart."""

    account: str
    region: str


def current() -> Tenant:
    """Return whom the present request, thread or `request_scope` acts for."""
    return Tenant(str(responses.get_account_id()), str(responses.get_region()))


def request_scope(account: str, region: str) -> AbstractContextManager[Any]:
    """Act for an account and region in what is called inside, S3 and the catalog included."""
    scope: AbstractContextManager[Any] = responses.request_scope(account, region)
    return scope
