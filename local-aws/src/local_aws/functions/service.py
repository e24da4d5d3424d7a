"""Functions put in the place of ministack's: who runs them, and what of them is refused."""

import asyncio
import base64
import contextlib
from typing import Any
from urllib.parse import unquote

from local_aws.folder import DataFolder
from local_aws.functions import checks, code, credentials, invocations, runtimes
from local_aws.functions.asynchronous import Asynchronous
from local_aws.functions.environment import Environment
from local_aws.functions.errors import refused
from local_aws.functions.function import Function
from local_aws.functions.pool import Pool
from local_aws.functions.variables import Place
from local_aws.ministack import saving
from local_aws.ministack.foreign import lambdas
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import current


class Functions:
    """The execution environments of one data folder.

    Parameters
    ----------
    folder : DataFolder
        Unpacked code lies in its scratch.
    endpoint : str
        Where functions find the local AWS.
    """

    def __init__(self, folder: DataFolder, endpoint: str) -> None:
        self._scratch = folder.scratch
        self._endpoint = endpoint
        self._pool = Pool(self._start)
        self.execute = invocations.executor(self._pool)
        lambdas.replace("_execute_function", self.execute)
        accept = Asynchronous(self.execute, endpoint).accept
        lambdas.replace("invoke_async_with_retry", accept)
        lambdas.replace("_emit_lambda_metrics", _tell_nothing)
        lambdas.replace("_inbound_invoke_depth", invocations.depth_of)
        lambdas.replace("invalidate_worker", self._forget)
        self._theirs = lambdas.replace("handle_request", self._handle)

    def stop(self) -> None:
        """End every environment."""
        self._pool.close()

    async def _handle(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
    ) -> Any:
        try:
            if method in ("POST", "PUT"):
                # it may ask an interpreter and S3
                await asyncio.to_thread(checks.check_request, method, unquote(path), body)
        except ServiceError as error:
            return refused(error)
        if context := headers.get("x-amz-client-context"):
            with contextlib.suppress(ValueError):
                invocations.client_context.set(base64.b64decode(context).decode())
        answer = await self._theirs(method, path, headers, body, query_params)
        if method != "GET" and "/invocations" not in path:
            saving.save_now("lambda", "iam")
        return answer

    def _start(self, function: Function, record: dict[str, Any]) -> Environment:
        runtime = runtimes.find(function.runtime)
        packages = runtimes.linked(runtime, self._scratch / "runtimes")
        layers = [lambdas._resolve_layer_zip(layer) for layer in function.config.get("Layers", [])]
        place = Place(
            runtime,
            packages,
            code.unpacked([record["code_zip"]], self._scratch / "code"),
            code.unpacked([layer for layer in layers if layer], self._scratch / "code"),
            self._endpoint,
        )
        session = credentials.of_role(function.role, function.name)
        return Environment(function, place, session)

    def _forget(
        self,
        func_name: str,
        qualifier: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        tenant = current()
        self._pool.forget(account or tenant.account, region or tenant.region, func_name)


def _tell_nothing(*_: object, **__: object) -> None:
    """Leave the metrics of an invocation to the one place that sees all of them."""
