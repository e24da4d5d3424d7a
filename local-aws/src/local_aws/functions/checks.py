"""What of a function's configuration is refused: what nothing here would carry out."""

import json
from typing import Any
from urllib.parse import unquote

from local_aws.functions import runtimes
from local_aws.functions.errors import invalid
from local_aws.ministack.foreign import lambdas
from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError, validation
from local_aws.protocol.validate import checked

_UNSUPPORTED = (
    "CapacityProviderConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "TenancyConfig",
)

# docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_RESERVED = {
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
}
# lower than the model's, which also describes functions on instances
_RANGES = {"MemorySize": (128, 10_240), "Timeout": (1, 900)}
_INVOCATIONS = {"invocations", "response-streaming-invocations"}
_MAX_EVENT_BYTES = 6_291_456
_MAX_VARIABLES_BYTES = 4096
_ACCOUNT_CONCURRENCY, _UNRESERVED = 1000, 100


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
    for name, (least, most) in _RANGES.items():
        value = int(given.get(name) or least)
        if not least <= value <= most:
            bound = f"greater than or equal to {least}" if value < least else None
            raise validation(
                f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' "
                "failed to satisfy constraint: Member must have value "
                f"{bound or f'less than or equal to {most}'}"
            )
    variables = (given.get("Environment") or {}).get("Variables") or {}
    if reserved := sorted(_RESERVED & variables.keys()):
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > _MAX_VARIABLES_BYTES:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            f"variables you have provided exceeded the 4KB limit. String measured: {measured}"
        )
    _check_logging(given)
    if (given.get("VpcConfig") or {}).get("SubnetIds"):
        raise invalid("The local AWS does not support VpcConfig of a function.")
    if given.get("PackageType") == "Image" or (given.get("Code") or {}).get("ImageUri"):
        raise invalid("The local AWS does not support functions as images.")
    if runtime := given.get("Runtime"):
        try:
            runtimes.find(str(runtime))
        except runtimes.RuntimeMissingError as error:
            raise invalid(str(error)) from None


def _check_logging(given: dict[str, Any]) -> None:
    logging = given.get("LoggingConfig") or {}
    # an update that says no format keeps the one that is there
    is_text = logging.get("LogFormat", "Text" if "Code" in given else "JSON") == "Text"
    levels = [name for name in ("ApplicationLogLevel", "SystemLogLevel") if logging.get(name)]
    if is_text and levels:
        raise invalid(f"{' and '.join(levels)} can be set only where LogFormat is JSON.")


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
    parts = path.strip("/").split("/")[1:]
    if parts[:1] != ["functions"]:
        return
    last = parts[-1]
    try:
        given = json.loads(body) if body else {}
    except ValueError as error:
        if last in _INVOCATIONS:
            message = f"Could not parse request body into json: {error}"
            raise ServiceError("InvalidRequestContentException", message) from None
        return
    if last in _INVOCATIONS:
        _check_size(body)
    elif (method, len(parts)) == ("POST", 1):
        checked(model.input_shape("lambda", "CreateFunction"), given)
        check_configuration(given)
        if not (given.get("Runtime") and given.get("Handler")):
            raise invalid(
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages."
            )
        check_code(given.get("Code") or {})
    elif (method, last) == ("PUT", "configuration"):
        shape = model.input_shape("lambda", "UpdateFunctionConfiguration")
        checked(shape, given | {"FunctionName": "in-the-path"})
        check_configuration(given)
    elif (method, last) == ("PUT", "code"):
        check_code(given)
    elif (method, last) == ("PUT", "concurrency"):
        shape = model.input_shape("lambda", "PutFunctionConcurrency")
        checked(shape, given | {"FunctionName": "in-the-path"})
        _check_concurrency(unquote(parts[1]), int(given["ReservedConcurrentExecutions"]))
    elif last == "event-invoke-config":
        shape = model.input_shape("lambda", "PutFunctionEventInvokeConfig")
        checked(shape, given | {"FunctionName": "in-the-path"})


def _check_concurrency(reference: str, wanted: int) -> None:
    """Refuse to reserve what the account's other functions need (dg, "Reserved concurrency")."""
    name, _ = lambdas._resolve_name_and_qualifier(reference)
    others = sum(
        int(record.get("concurrency") or 0)
        for other, record in lambdas._functions.items()
        if other != name
    )
    if others + wanted > _ACCOUNT_CONCURRENCY - _UNRESERVED:
        raise invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{_UNRESERVED}]."
        )


def _check_size(event: bytes) -> None:
    if len(event) > _MAX_EVENT_BYTES:
        raise ServiceError(
            "RequestTooLargeException",
            f"Request must be smaller than {_MAX_EVENT_BYTES} bytes for the InvokeFunction "
            "operation",
            413,
        )


def check_code(code: dict[str, Any]) -> None:
    """Refuse code that is nowhere, and code in S3 that is not there.

    Parameters
    ----------
    code : dict
        Of CreateFunction, UpdateFunctionCode or the CloudFormation resource.
    """
    if not any(code.get(name) for name in ("ZipFile", "S3Bucket", "ImageUri")):
        raise invalid("Please provide a source for function code.")
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if not bucket or not key:
        return
    if lambdas._fetch_code_from_s3(bucket, key, code.get("S3ObjectVersion")) is None:
        raise invalid(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
            f"specified key does not exist. ({bucket}/{key})"
        )
