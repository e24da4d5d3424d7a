"""The function of one mapping, found anew at each call: it may be changed, deleted, made again."""

from typing import Any

from local_aws.event_source.events import Source
from local_aws.functions import invocations
from local_aws.functions.clients import As
from local_aws.functions.function import LATEST, Function
from local_aws.ministack.foreign import lambdas
from local_aws.tenant import Tenant, request_scope


class MappedFunction:
    """A function, or a version or alias of one.

    Parameters
    ----------
    execute : callable
        Carries out an invocation.
    tenant : Tenant
        Whose it is.
    arn : str
        With the qualifier that the mapping names.
    endpoint : str
        The local AWS.
    """

    def __init__(
        self, execute: invocations.Execute, tenant: Tenant, arn: str, endpoint: str
    ) -> None:
        self.arn = arn
        self.version = LATEST
        """The one that was invoked last."""
        self._execute = execute
        self._tenant = tenant
        self._endpoint = endpoint

    def source(self, arn: str) -> Source:
        """Say what records of a source tell of where they come from."""
        _, function = self._found()
        return Source(arn, self._tenant.region, function.role if function else "")

    def caller(self) -> As:
        """Say whom calls of other services are made for: the function's role."""
        _, function = self._found()
        role, name = (function.role, function.name) if function else ("", "")
        return As(role, name, self._tenant.region, self._endpoint)

    def invoke(self, event: dict[str, Any]) -> invocations.Result | None:
        """Invoke it; None where there is none."""
        record, function = self._found()
        if record is None or function is None:
            return None
        self.version = function.version
        return self._execute(record, event)

    def tell_age(self, milliseconds: float) -> None:
        """Record how old the last record of a batch is that it gets."""
        _, function = self._found()
        if function:
            with request_scope(self._tenant.account, self._tenant.region):
                invocations.tell_iterator_age(function, milliseconds)

    def tell_delivery_failure(self) -> None:
        """Record that a destination did not take what was given up."""
        _, function = self._found()
        if function:
            with request_scope(self._tenant.account, self._tenant.region):
                invocations.tell_delivery_failure(function)

    def _found(self) -> tuple[dict[str, Any] | None, Function | None]:
        with request_scope(self._tenant.account, self._tenant.region):
            record, config, _ = lambdas._get_func_record_for_ref(self.arn)
        if record is None or config is None:
            return None, None
        config = config | {"FunctionArn": self.arn}
        return lambdas._execution_record_for_config(record, config), Function(config)
