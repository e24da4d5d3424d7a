"""Tags of ministack's services that are AWS's own, refused before it keeps them."""

from typing import Any

from local_aws.iam import passing
from local_aws.ministack.foreign import app
from local_aws.protocol import refusal, tags
from local_aws.protocol.errors import ServiceError

_OWN_CHECK = "s3"  # in XML, which ministack checks itself


def install() -> None:
    """Look at each call first."""
    handlers = app.SERVICE_HANDLERS.items()
    app.replace(
        "SERVICE_HANDLERS",
        {
            name: handler if name == _OWN_CHECK else _checking(name, handler)
            for name, handler in handlers
        },
    )


def _checking(service: str, handler: Any) -> Any:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        if b"aws:" in body or b"aws%3A" in body:
            params = app._routing_params(method, path, headers, body, query)
            try:
                tags.check(service, passing.arguments(body, params))
            except ServiceError as error:
                said = refusal.written(service, error.code, error.message, error.status, headers)
                return said.status, dict(said.headers), said.body
        return await handler(method, path, headers, body, query)

    return handle
