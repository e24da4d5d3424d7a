"""QuickSight's own errors, by the names of their shapes, with the status that the model gives."""

from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError


class QuickSightError(ServiceError):
    """A request that QuickSight refuses."""

    def __init__(self, code: str, message: str, **members: str) -> None:
        shape = model.error_shape("quicksight", code)
        error = shape.metadata.get("error", {}) if shape is not None else {}
        super().__init__(code, message, error.get("httpStatusCode", 400), dict(members))


def invalid(message: str) -> QuickSightError:
    """Make the error for arguments that do not fit each other or what is there."""
    return QuickSightError("InvalidParameterValueException", message)


def missing(kind: str, name: str) -> QuickSightError:
    """Make the error for what is not there; `kind` is a value of ExceptionResourceType."""
    what = kind.replace("_", " ").lower()
    message = f"{what.capitalize()} {name} is not found"
    return QuickSightError("ResourceNotFoundException", message, ResourceType=kind)


def exists(kind: str, name: str) -> QuickSightError:
    """Make the error for an id that is taken."""
    what = kind.replace("_", " ").lower()
    message = f"{what.capitalize()} {name} already exists"
    return QuickSightError("ResourceExistsException", message, ResourceType=kind)


def conflict(message: str) -> QuickSightError:
    """Make the error for a change that another one keeps from happening."""
    return QuickSightError("ConflictException", message)


def limit(kind: str, message: str) -> QuickSightError:
    """Make the error for one more than there may be."""
    return QuickSightError("LimitExceededException", message, ResourceType=kind)


def denied(message: str) -> QuickSightError:
    """Make the error for a call that another account's user makes."""
    return QuickSightError("AccessDeniedException", message)


def invalid_token() -> QuickSightError:
    """Make the error for a NextToken that this service did not give."""
    return QuickSightError("InvalidNextTokenException", "The NextToken value isn't valid.")
