"""What of a function's configuration is refused: what nothing here would carry out."""

import json
from typing import Any

from local_aws.functions import runtimes
from local_aws.functions.errors import invalid
from local_aws.ministack.foreign import lambdas
from local_aws.protocol.errors import ServiceError

_UNSUPPORTED = (
    "CapacityProviderConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "TenancyConfig",
)


def check_configuration(given: dict[str, Any]) -> None:
    """Refuse what a function's environments would not have.

    Parameters
    ----------
    given : dict
        Arguments of CreateFunction or UpdateFunctionConfiguration, or the properties of the
        CloudFormation resource, which has the same names.

    Raises
    ------
    ServiceError
        With the name of what is not there.
    """
    for name in _UNSUPPORTED:
        if given.get(name):
            raise invalid(f"The local AWS does not support {name} of a function.")
    if (given.get("VpcConfig") or {}).get("SubnetIds"):
        raise invalid("The local AWS does not support VpcConfig of a function.")
    if given.get("PackageType") == "Image" or (given.get("Code") or {}).get("ImageUri"):
        raise invalid("The local AWS does not support functions as images.")
    if runtime := given.get("Runtime"):
        try:
            runtimes.find(str(runtime))
        except runtimes.RuntimeMissingError as error:
            raise invalid(str(error)) from None


def check_request(method: str, path: str, body: bytes) -> None:
    """Refuse what a call of Lambda's API asks for and nothing here would do.

    Parameters
    ----------
    method, path : str
        Of the request.
    body : bytes
        JSON; checked to be so where it is an event.

    Raises
    ------
    ServiceError
        In the words of Lambda.
    """
    if path.split("/")[2:3] != ["functions"]:
        return
    last = path.rstrip("/").rpartition("/")[2]
    try:
        given = json.loads(body) if body else {}
    except ValueError as error:
        if last in {"invocations", "response-streaming-invocations"}:
            message = f"Could not parse request body into json: {error}"
            raise ServiceError("InvalidRequestContentException", message) from None
        return
    if method == "POST" and last == "functions":
        check_configuration(given)
        check_code(given.get("Code") or {})
    elif method == "PUT" and last == "configuration":
        check_configuration(given)
    elif method == "PUT" and last == "code":
        check_code(given)


def check_code(code: dict[str, Any]) -> None:
    """Refuse code in S3 that is not there.

    Parameters
    ----------
    code : dict
        Of CreateFunction, UpdateFunctionCode or the CloudFormation resource.
    """
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if not bucket or not key:
        return
    if lambdas._fetch_code_from_s3(bucket, key, code.get("S3ObjectVersion")) is None:
        raise invalid(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
            f"specified key does not exist. ({bucket}/{key})"
        )
