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
    """Return what stands before the operation in ``x-amz-target``, such as ``"AWSGlue"``."""
    return str(service_model(service).metadata["targetPrefix"])


@cache
def operations(service: str) -> frozenset[str]:
    """Name every operation that a service has."""
    return frozenset(service_model(service).operation_names)


@cache
def input_shape(service: str, operation: str) -> StructureShape | None:
    """Return the shape of an operation's arguments, None where it takes none."""
    return service_model(service).operation_model(operation).input_shape


@cache
def has_answer(service: str, operation: str) -> bool:
    """Say whether an operation answers with a structure; the others send no body at all."""
    return service_model(service).operation_model(operation).output_shape is not None


@cache
def message_member(service: str, code: str) -> str:
    """Return how an exception spells the member that holds its message."""
    shapes: dict[str, Any] = {s.error_code: s for s in service_model(service).error_shapes}  # type: ignore[attr-defined]
    return "Message" if code in shapes and "Message" in shapes[code].members else "message"
