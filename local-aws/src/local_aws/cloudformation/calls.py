"""Calls of the services by a stack.

A stack calls as its service role or, without one, as whom called CloudFormation; so the services'
own checks, of arguments as of rights, decide what a resource may be.
"""

import contextvars
from typing import Any

from botocore.credentials import Credentials

from local_aws import calling
from local_aws.calling import CallError
from local_aws.iam import decisions
from local_aws.ministack.foreign import iam_evaluator
from local_aws.tenant import current

__all__ = ["Call", "CallError", "act_for"]

Record = dict[str, Any]

PRINCIPAL = "cloudformation.amazonaws.com"


class _Caller:
    """Whom the running operation on a stack acts for."""

    access_key: contextvars.ContextVar[str] = contextvars.ContextVar("stack_caller", default="")
    role: contextvars.ContextVar[str] = contextvars.ContextVar("stack_role", default="")


def act_for(access_key: str, role: str) -> None:
    """Remember who called CloudFormation and the stack's role, for all that this call starts.

    Stacks within the stack act in its role too.
    """
    _Caller.access_key.set(access_key)
    _Caller.role.set(role)


class Call:
    """A caller of services for the resources of a stack: in its role, or as who called for it."""

    def __call__(self, service: str, operation: str, **arguments: Any) -> Record:
        """Call an operation as `calling.call` does.

        Raises
        ------
        CallError
            Where the service refuses.
        """
        return calling.call(self._credentials(), service, operation, arguments)

    def exists(self, service: str, operation: str, **arguments: Any) -> bool:
        """Say whether a call that looks something up finds it."""
        try:
            self(service, operation, **arguments)
        except CallError as error:
            if error.is_absence:
                return False
            raise
        return True

    @staticmethod
    def _credentials() -> Credentials:
        if role := _Caller.role.get():
            session = decisions.assume(role, PRINCIPAL, "AWSCloudFormation")
            return Credentials(session.access_key, session.secret_key, session.token)
        key = _Caller.access_key.get() or current().account
        found = iam_evaluator.resolve_credential(key, current().account)
        secret = getattr(found, "secret_access_key", "test")
        return Credentials(key, secret, getattr(found, "session_token", None))
