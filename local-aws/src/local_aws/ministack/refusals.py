"""What the local AWS answers where it has nothing: an error that names what is missing."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax.saxutils import escape

from local_aws.ministack.foreign import app

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Answer]]

CODE = "NotImplementedException"


def install() -> None:
    """Let every service that ministack knows and this project leaves out be refused by name."""
    refused = {name: _refuse(name) for name in app.SERVICE_REGISTRY}
    app.replace("SERVICE_HANDLERS", refused | app.SERVICE_HANDLERS)


def _refuse(service: str) -> Handler:
    message = f"The local AWS has no {service}: see MINISTACK_SERVICES for what it has"

    async def answer(
        _method: str, _path: str, headers: dict[str, str], _body: bytes, _query: dict[str, Any]
    ) -> Answer:
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            error = f"<Type>Sender</Type><Code>{CODE}</Code><Message>{escape(message)}</Message>"
            document = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
            return 501, {"Content-Type": "text/xml"}, document.encode()
        sent = {"Content-Type": "application/json", "x-amzn-errortype": CODE}
        return 501, sent, json.dumps({"__type": CODE, "message": message}).encode()

    return answer
