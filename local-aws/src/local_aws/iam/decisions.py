"""Decisions on what a service does for somebody, with that role's or caller's rights."""

import contextvars
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from local_aws.iam import recording
from local_aws.ministack.foreign import app, iam_actions, iam_evaluator, sts
from local_aws.ministack.foreign import iam as ministack_iam
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import current

SESSION_S = 3600
_SERVICE = ".amazonaws.com"
_CLOUDFORMATION = "cloudformation.amazonaws.com"
_FIREHOSE = "firehose.amazonaws.com"


class AccessDeniedError(ServiceError):
    """A principal may not do an action on a resource; the message is the service's."""

    def __init__(self, message: str, resource: str = "") -> None:
        super().__init__("AccessDeniedException", message)
        self.resource = resource


class Session(NamedTuple):
    """A role's session: its ARN, and the credentials that clients sign with."""

    arn: str
    access_key: str
    secret_key: str
    token: str


_caller: contextvars.ContextVar[Any] = contextvars.ContextVar("iam_caller", default=None)
_requester: contextvars.ContextVar[Any] = contextvars.ContextVar("iam_requester", default=None)

# sessions that services have taken, with the time until which they are used again
_taken: dict[str, tuple[Session, float]] = {}


def enforced() -> bool:
    """Say whether policies are enforced in this process."""
    return bool(app.AUTH)


def authorize(
    principal: str, action: str, resource: str, context: Mapping[str, Any] | None = None
) -> None:
    """Check what a service does for a principal, or by itself; nothing where none is enforced.

    Parameters
    ----------
    principal : str
        The ARN of a role, of its session, of a user or of an account's root; or a service's name
        such as ``cloudwatch.amazonaws.com``, which the resource's own policy has to allow.
    action : str
        Such as ``kinesis:GetRecords``.
    resource : str
        The resource's ARN, ``*`` where the action knows none.
    context : mapping, optional
        Condition keys of the call, such as ``aws:SourceArn``.

    Raises
    ------
    AccessDeniedError
        In the service's words, with principal, action and resource.
    """
    if not enforced():
        return
    keys = recording.plain(context)
    if principal.endswith(_SERVICE):
        found = _of_service(principal, action, resource, keys)
    else:
        found = _of_principal(_resolved(principal), action, resource, keys)
    _conclude(found, principal, action, resource, keys)


def assume(
    role: str, service: str, session: str, context: Mapping[str, Any] | None = None
) -> Session:
    """Let a service take a role, as ``sts:AssumeRole`` does when its trust policy names it.

    Parameters
    ----------
    role : str
        The role's ARN.
    service : str
        Such as ``lambda.amazonaws.com``.
    session : str
        The session's name, which ends its ARN.
    context : mapping, optional
        Condition keys such as ``aws:SourceArn`` and ``aws:SourceAccount``.

    Returns
    -------
    Session
        Good for an hour.

    Raises
    ------
    AccessDeniedError
        Where policies are enforced, and there is no such role or it does not trust the service.
    """
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    if enforced():
        keys = recording.plain(context)
        _conclude(_trust(role, service, keys), service, "sts:AssumeRole", role, keys)
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    known, until = _taken.get(arn, (None, 0.0))
    if known is not None and time.time() < until:
        return known
    made = Session(arn, sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token())
    kept = {
        "Arn": arn,
        "UserId": f"{sts._role_id(role)}:{session}",
        "SecretAccessKey": made.secret_key,
        "SessionToken": made.token,
        "Expiration": time.time() + SESSION_S,
        "AccountId": account,
        "PrincipalType": "AssumedRole",
    }
    sts.register_session(made.access_key, kept)
    _taken[arn] = made, time.time() + SESSION_S / 2
    return made


def trusts(role: str, service: str, context: Mapping[str, Any]) -> bool:
    """Say whether there is a role and it lets a service take it, as `assume` would."""
    return bool(_trust(role, service, recording.plain(context)).decision == "Allow")


def _trust(role: str, service: str, keys: dict[str, Any]) -> Any:
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    record = ministack_iam._roles.get_scoped(account, None, name)
    policy = record and record.get("AssumeRolePolicyDocument")
    # a service takes roles for resources of their own account, and says whose; Firehose twice
    said = {"aws:sourceaccount": account} if service != _CLOUDFORMATION else {}
    if service == _FIREHOSE:
        said["sts:externalid"] = account
    asked = _question(service, "Service", account, "sts:AssumeRole", role, said | keys)
    return iam_evaluator.evaluate_resource_policy(policy, asked, service=service)


def note_requester(access_key: str) -> None:
    """Remember whom the present request comes from."""
    _requester.set(iam_evaluator.resolve_principal(access_key, current().account))


def requester() -> Any:
    """Return whom the present request comes from, to act for; None where nothing is enforced."""
    return _requester.get()


@contextmanager
def acting_for(caller: Any) -> Iterator[None]:
    """Let `as_caller` check the rights of a caller in what is called inside."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


@contextmanager
def in_session(session: Session) -> Iterator[None]:
    """Let `as_caller` check the rights of a role's session; nothing where none is enforced."""
    principal = None
    if enforced():
        account = session.arn.split(":")[4]
        principal = iam_evaluator.resolve_principal(session.access_key, account)
    with acting_for(principal):
        yield


def of_nobody(action: str, resource: str, context: Mapping[str, Any] | None) -> Any:
    """Decide what somebody without credentials asks: only the resource's own policy may allow it.

    Returns
    -------
    object
        None where it is allowed, else what ministack takes for a denial.
    """
    found = _of_service("anonymous", action, resource, recording.plain(context))
    return None if found.decision == "Allow" else found


def acts_for_caller() -> bool:
    """Say whether `acting_for` named somebody."""
    return _caller.get() is not None


def as_caller(action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
    """Check an action of the caller that `acting_for` named; nothing outside of one.

    Raises
    ------
    AccessDeniedError
        In the service's words.
    """
    caller = _caller.get()
    if caller is None:
        return
    keys = recording.plain(context)
    found = _of_principal(caller, action, resource, keys)
    if caller.policies is None:
        return  # an account's root: its decisions are no news
    _conclude(found, caller.arn, action, resource, keys)


def denial(action: str, principal: str, resource: str, *, explicit: bool) -> str:
    """Word a denial as AWS does."""
    return str(iam_actions.identity_denial_message(action, principal, resource, explicit))


def _conclude(found: Any, principal: str, action: str, resource: str, keys: dict[str, Any]) -> None:
    allowed = found.decision == "Allow"
    recording.record(
        recording.Decision(principal, action, resource, allowed, found.matched_sid, keys)
    )
    if not allowed:
        explicit = found.decision == "Deny"
        message = denial(action, principal, resource, explicit=explicit)
        if principal.endswith(_SERVICE):
            message = message.replace("identity-based", "resource-based")
        raise AccessDeniedError(message, resource)


def _of_service(service: str, action: str, resource: str, keys: dict[str, Any]) -> Any:
    policy = iam_evaluator._resource_policy(action.partition(":")[0], resource)
    asked = _question(service, "Service", current().account, action, resource, keys)
    document = policy[0] if policy else None
    return iam_evaluator.evaluate_resource_policy(document, asked, service=service)


def _of_principal(principal: Any, action: str, resource: str, keys: dict[str, Any]) -> Any:
    if principal.policies is None:  # an account's root
        return iam_evaluator.EvalResult("Allow", principal.arn)
    asked = _question(
        principal.arn, principal.type, principal.account, action, resource, keys, principal.keys
    )
    found = iam_evaluator.evaluate(asked, principal.policies, *principal.limits)
    service = action.partition(":")[0]
    own = iam_evaluator._resource_policy(service, resource)
    if own is None:
        return found
    required = service in iam_evaluator._POLICY_REQUIRED
    return iam_evaluator.combine_resource_policy(
        found, asked, *own, required=required, limits=principal.limits
    )


def _question(  # noqa: PLR0917 - the parts of a request, once
    principal: str,
    kind: str,
    account: str,
    action: str,
    resource: str,
    keys: dict[str, Any],
    principal_keys: dict[str, Any] | None = None,
) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type=kind,
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=current().region,
        service_context=keys,
        principal_keys=principal_keys or {},
    )


def _resolved(arn: str) -> Any:
    """Return what policies a principal has by its ARN."""
    account, resource = arn.split(":", 5)[4:]
    if resource == "root":
        return iam_evaluator.PrincipalInfo(arn=arn, type="Root", account=account, policies=None)
    name = (
        resource.split("/")[1] if resource.startswith("assumed-role/") else resource.rsplit("/")[-1]
    )
    if resource.startswith("user/"):
        policies = iam_evaluator._gather_user_policies(name, account)
        store, kind = ministack_iam._users, "User"
    else:
        policies = iam_evaluator._gather_role_policies(name, account)
        store, kind = ministack_iam._roles, "AssumedRole"
    limits = iam_evaluator._permissions_boundary(store, name, account)
    return iam_evaluator.PrincipalInfo(
        arn=arn, type=kind, account=account, policies=policies, limits=limits
    )
