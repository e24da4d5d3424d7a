"""AWS's own description of a service, which botocore carries."""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by botocore's name for it, such as ``"kinesis"``."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def target_prefix(service: str) -> str:
    """Return what stands before the operation in ``x-amz-target``, such as ``"AWSGlue"``.

    Where paths name the operations it is the name that requests are signed for.
    """
    described = service_model(service)
    return str(described.metadata.get("targetPrefix") or described.signing_name)


@cache
def operations(service: str) -> frozenset[str]:
    """Name every operation that a service has."""
    return frozenset(service_model(service).operation_names)


@cache
def input_shape(service: str, operation: str) -> StructureShape | None:
    """Return the shape of an operation's arguments, None where it takes none."""
    return service_model(service).operation_model(operation).input_shape


@cache
def enumeration(service: str, shape: str) -> frozenset[str]:
    """Return the values that a text of a shape may have."""
    return frozenset(service_model(service).shape_for(shape).metadata["enum"])


@cache
def output_shape(service: str, operation: str) -> StructureShape | None:
    """Return the shape of an operation's answer, None where it has none."""
    return service_model(service).operation_model(operation).output_shape


def has_answer(service: str, operation: str) -> bool:
    """Say whether an operation answers with a structure; the others send no body at all."""
    return output_shape(service, operation) is not None


@cache
def error_shape(service: str, code: str) -> StructureShape | None:
    """Find the shape of an exception by its name, or by the code that it has on the wire."""
    shapes: list[Any] = list(service_model(service).error_shapes)
    named = (shape for shape in shapes if shape.name == code)
    return next(named, next((shape for shape in shapes if shape.error_code == code), None))


@cache
def message_member(service: str, code: str) -> str:
    """Return how an exception spells the member that holds its message."""
    shape = error_shape(service, code)
    return "Message" if shape is not None and "Message" in shape.members else "message"


@cache
def query_code(service: str, code: str) -> str:
    """Return the code that AWS Query has for an exception, which may be no shape's name."""
    shape = error_shape(service, code)
    return code if shape is None else str(shape.metadata.get("error", {}).get("code", shape.name))


@cache
def was_query(service: str) -> bool:
    """Say whether a service spoke AWS Query first, so that its errors keep those codes."""
    return "awsQueryCompatible" in service_model(service).metadata
