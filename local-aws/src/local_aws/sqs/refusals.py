"""Attributes of a queue that break the service's rules."""

from typing import Any

from local_aws.iam import documents
from local_aws.ministack.foreign import sqs


def install() -> None:
    """Look at a queue's policy where ministack looks at its numbers."""
    check = sqs._validate_numeric_attrs

    def checked(attrs: dict[str, Any]) -> None:
        check(attrs)
        if (text := attrs.get("Policy")) and documents.fault(str(text), "resource"):
            raise sqs._Err("InvalidAttributeValue", "Invalid value for the parameter Policy.")

    sqs.replace("_validate_numeric_attrs", checked)
