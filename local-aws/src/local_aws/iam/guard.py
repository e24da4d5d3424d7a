"""Calls to our own services: whose they are, and whether that principal may make them."""

from typing import Any
from urllib.parse import parse_qs, quote

from local_aws.iam import decisions, passing, resources
from local_aws.ministack.foreign import iam_actions, iam_evaluator, router
from local_aws.protocol.errors import ServiceError
from local_aws.protocol.http import Request, Scope
from local_aws.protocol.service import Check, Record, Service


def check(service: Service[Any], scope: Scope, request: Request, given: Record) -> None:
    """Refuse a call whose signature is wrong or that no policy allows.

    Parameters
    ----------
    service : Service
        The service that is called; it knows the resources of its operations.
    scope
        Of the ASGI application: what was signed.
    request : Request
        The call, read.
    given : dict
        Its arguments, not checked.

    Raises
    ------
    ServiceError
        AccessDeniedException in the service's words, or what AWS answers to wrong credentials.
    """
    if not decisions.enforced():
        return
    access_key = router.extract_access_key_id(request.headers)
    _pin(scope, request)
    checks = list(
        _checks(service, request, given, root=iam_evaluator.is_root_access_key(access_key))
    )
    checks += passing.checks(service.name, request.operation, given)
    for action, resource, context in checks:
        _enforce(access_key, action, resource, request, context)
    decisions.note_requester(access_key)


def _checks(service: Service[Any], request: Request, given: Record, *, root: bool) -> list[Check]:
    found = service.resources(request.tenant, request.operation, given)
    if found:
        return found
    action = resources.action(service.name, request.operation)
    exact = resources.exact(service.name, request.operation, given, "", request.tenant)
    if exact is None and not root:
        raise decisions.AccessDeniedError(
            f"{action} is mapped to no resource by the local AWS, so nobody but an account's root "
            "may call it."
        )
    return [Check(action, exact or "*", resources.keys(action, given, request.tenant) or {})]


def _pin(scope: Scope, request: Request) -> None:
    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    iam_evaluator.pin_request_origin((scope.get("client") or ("127.0.0.1",))[0], True)
    iam_evaluator.pin_signed_request(
        scope["method"], raw_path.decode("latin-1"), query, scope.get("headers", [])
    )
    iam_evaluator.pin_signed_body(request.body)


def _enforce(
    access_key: str, action: str, resource: str, request: Request, context: dict[str, Any]
) -> None:
    service = action.partition(":")[0]
    denied = iam_evaluator.enforce(
        access_key,
        action,
        service,
        request.tenant.region,
        resource_arn=resource,
        service_context=context,
    )
    if denied is None:
        return
    if isinstance(denied, iam_evaluator.AuthError):
        code, status, message = iam_actions._auth_failure(
            service, denied.code, denied.message, request.headers
        )
        raise ServiceError(code, message, status)
    explicit = denied.decision == "Deny"
    raise decisions.AccessDeniedError(
        decisions.denial(action, denied.principal_arn, resource, explicit=explicit)
    )
