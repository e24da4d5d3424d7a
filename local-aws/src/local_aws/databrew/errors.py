"""The errors that DataBrew answers with."""

from local_aws.protocol.errors import ServiceError


class DataBrewError(ServiceError):
    """One DataBrew error, such as ``ResourceNotFoundException``."""


class JobError(Exception):
    """Why a run of a job failed; the message is the run's ``ErrorMessage``."""


def invalid(message: str) -> DataBrewError:
    """Make the error for input that DataBrew does not accept."""
    return DataBrewError("ValidationException", message)


def not_found(message: str) -> DataBrewError:
    """Make the error for a resource that is not there."""
    return DataBrewError("ResourceNotFoundException", message, 404)


def conflict(message: str) -> DataBrewError:
    """Make the error for a name that is taken, or a resource that another one uses."""
    return DataBrewError("ConflictException", message, 409)
