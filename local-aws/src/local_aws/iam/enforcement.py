"""ministack's own check of calls to its services: corrected, recorded, and closed where it is open.

It lets pass what it has no action for; here that is denied with the call's name.
"""

import contextvars
from typing import Any
from urllib.parse import unquote_plus

from local_aws.folder import DataFolder
from local_aws.iam import (
    behalf,
    conditions,
    decisions,
    forms,
    guard,
    hidden_keys,
    passing,
    recording,
    resources,
)
from local_aws.ministack.foreign import (
    app,
    botocore_auth,
    iam_actions,
    iam_evaluator,
    responses,
)
from local_aws.protocol.service import Service
from local_aws.tenant import Tenant

UNMAPPED = ":(unmapped)"
# what is no call of AWS's API: ministack's own endpoints, and its runtime interface of functions
_OWN_PATHS = ("/_ministack/", "/2018-06-01/runtime/")
_statement: contextvars.ContextVar[str] = contextvars.ContextVar("iam_statement", default="")


def install(folder: DataFolder) -> None:
    """Put our corrections in place; only where ministack was started to enforce policies."""
    if not decisions.enforced():
        return
    recording.start(folder.root / "iam.jsonl")
    _count_as_secure()
    _read_plus_as_blank()
    _note_statements()
    _name_actions_of_lambda()
    _close_actions()
    _correct_resources()
    _add_conditions()
    _name_resources()
    _record_decisions()
    _check_roles()
    hidden_keys.install()
    behalf.install()
    Service.guard = staticmethod(guard.check)


def _read_plus_as_blank() -> None:
    """Check URLs presigned by Signature Version 2: ministack joins their query with pluses."""

    def unquote(_: object, named: list[str]) -> tuple[str, ...]:
        return (named[0], *map(unquote_plus, named[1:]))

    botocore_auth.replace("HmacV1Auth.unquote_v", unquote)


def _count_as_secure() -> None:
    """Let every call count as one by TLS: none is served here, and it is what policies ask for."""
    origin: contextvars.ContextVar[tuple[str, bool]] = contextvars.ContextVar(
        "origin", default=("127.0.0.1", True)
    )
    iam_evaluator.replace("_request_origin", origin)
    app.replace("pin_request_origin", lambda source_ip, _secure: origin.set((source_ip, True)))


def _note_statements() -> None:
    evaluate = iam_evaluator.evaluate

    def evaluated(*given: Any) -> Any:
        found = evaluate(*given)
        if found.matched_sid:  # a resource's own policy is looked at after the caller's
            _statement.set(found.matched_sid)
        return found

    iam_evaluator.replace("evaluate", evaluated)


def _name_actions_of_lambda() -> None:
    """Take Lambda's actions from the service's model: ministack's own list guesses some."""
    iam_actions.add("_BOTOCORE_SERVICE_MAP", "lambda", ["lambda"])

    def action_of(method: str, path: str) -> str | None:
        found: str | None = iam_actions._match_rest_action("lambda", method, path)
        return found

    iam_actions.replace("_lambda_action", action_of)


def _close_actions() -> None:
    extract = iam_actions.extract_iam_action

    def action_of(  # noqa: PLR0917 - ministack's
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
    ) -> str | None:
        form = forms.read(method, path, headers, body) if service == "s3" else None
        if form and form.signed:
            return None  # decided where the form's policy is
        found: str | None = extract(service, method, path, headers, body, query_params)
        if found is not None:
            return resources.action(service, found.partition(":")[2])
        if path.startswith(_OWN_PATHS):
            return None
        return f"{service}{UNMAPPED} {method} {path}"

    iam_actions.replace("extract_iam_action", action_of)


def _correct_resources() -> None:
    extract = iam_actions.extract_resource_arn

    def resource_of(  # noqa: PLR0917 - ministack's
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        form = forms.read(method, path, headers, body) if service == "s3" else None
        if form:
            return f"arn:aws:s3:::{form.bucket}/{form.key}"
        action = iam_actions.extract_iam_action(service, method, path, headers, body, query_params)
        given = passing.arguments(body, query_params)
        tenant = Tenant(str(responses.get_account_id()), region or str(responses.get_region()))
        exact = resources.exact(service, str(action).partition(":")[2], given, path, tenant)
        if exact is not None:
            return exact
        return str(extract(service, method, path, headers, body, query_params, region, account_id))

    iam_actions.replace("extract_resource_arn", resource_of)


def _add_conditions() -> None:
    of_tags = iam_actions.request_tag_context

    def context_of(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> Any:
        tenant = Tenant(str(responses.get_account_id()), str(responses.get_region()))
        given = passing.arguments(body, params)
        own = conditions.of_call(service, iam_action.partition(":")[2], given, tenant)
        return of_tags(service, iam_action, body, params) | own

    iam_actions.replace("request_tag_context", context_of)


def _name_resources() -> None:
    """Let every denial name the resource: ministack's do so for a few services."""
    respond = iam_actions.access_denied_response

    def response(
        service: str, action: str, principal_arn: str, request_id: str, **more: Any
    ) -> Any:
        of_policy = more.get("explicit_deny") and more.get("resource_policy_arn")
        if not (more.get("error_code") or more.get("message") or of_policy):
            explicit = bool(more.get("explicit_deny"))
            resource = more.get("resource_arn", "*")
            resource = f'"{resource}"' if service == "s3" else resource  # as S3 words it
            more["message"] = decisions.denial(action, principal_arn, resource, explicit=explicit)
        return respond(service, action, principal_arn, request_id, **more)

    iam_actions.replace("access_denied_response", response)


def _record_decisions() -> None:
    enforce = iam_evaluator.enforce

    def recorded(  # noqa: PLR0917 - ministack's
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        _statement.set("")
        if service == "s3" and not access_key_id:
            return decisions.of_nobody(iam_action, resource_arn, service_context)
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        if isinstance(denied, iam_evaluator.AuthError):
            return denied
        if denied is None:
            principal = iam_evaluator.resolve_principal(access_key_id, responses.get_account_id())
            arn = str(getattr(principal, "arn", "anonymous"))
        else:
            arn = denied.principal_arn
        if not arn.endswith(":root"):
            if UNMAPPED in iam_action:  # a policy's * would match it
                denied = iam_evaluator.EvalResult("ImplicitDeny", arn)
            keys = recording.plain(service_context)
            decision = recording.Decision(
                arn, iam_action, resource_arn, denied is None, _statement.get(), keys
            )
            recording.record(decision)
        return denied

    iam_evaluator.replace("enforce", recorded)


def _check_roles() -> None:
    """Ask for iam:PassRole before ministack's services take a role."""
    app.replace(
        "SERVICE_HANDLERS",
        {name: _with_roles(name, handler) for name, handler in app.SERVICE_HANDLERS.items()},
    )


def _with_roles(service: str, handler: Any) -> Any:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        params = app._routing_params(method, path, headers, body, query)
        action = iam_actions.extract_iam_action(service, method, path, headers, body, params)
        name = str(action).partition(":")[2]
        account = responses.get_account_id()
        for passed, role, context in passing.checks(service, name, passing.arguments(body, params)):
            refused = app._enforce_data_plane(
                service,
                passed,
                headers,
                query,
                headers.get("x-amzn-requestid", ""),
                resource_arn=role,
                service_context=context,
                named_resource=role,
            )
            if refused:
                return refused
            taker = context["iam:PassedToService"]
            resource = iam_actions.extract_resource_arn(
                service, method, path, headers, body, params, responses.get_region(), account
            )
            if distrusted := passing.distrust(service, role, taker, resource):
                return responses.error_response_json(*distrusted)
        return await handler(method, path, headers, body, query)

    return handle
