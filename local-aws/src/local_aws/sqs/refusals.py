"""Attributes of a queue that break the service's rules, and how an error names its kind."""

import json
from typing import Any

from local_aws.iam import documents
from local_aws.ministack.foreign import sqs
from local_aws.protocol.model import service_model


def install() -> None:
    """Look at a queue's policy where ministack looks at its numbers."""
    check = sqs._validate_numeric_attrs

    def checked(attrs: dict[str, Any]) -> None:
        check(attrs)
        if (text := attrs.get("Policy")) and documents.fault(str(text), "resource"):
            raise sqs._Err("InvalidAttributeValue", "Invalid value for the parameter Policy.")

    sqs.replace("_validate_numeric_attrs", checked)
    _name_kinds()


def _name_kinds() -> None:
    """Let errors of the model have the namespace that the service gives them."""
    respond = sqs._json_err_resp
    modelled = {shape.name for shape in service_model("sqs").error_shapes}

    def response(code: str, msg: str, status: int = 400) -> Any:
        status, headers, body = respond(code, msg, status)
        if code in modelled:
            kind = f"com.amazonaws.sqs#{code}"
            headers["x-amzn-errortype"] = kind
            body = json.dumps({"__type": kind, "message": msg}).encode()
        return status, headers, body

    sqs.replace("_json_err_resp", response)
