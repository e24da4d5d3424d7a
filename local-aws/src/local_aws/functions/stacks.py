"""Functions in CloudFormation: checked as over Lambda's API, before ministack makes them."""

from typing import Any

from local_aws.functions import checks
from local_aws.ministack.foreign import provisioners, stacks
from local_aws.protocol.errors import ServiceError

TYPE = "AWS::Lambda::Function"


def install() -> None:
    """Put the checks before the handlers of the type."""
    theirs = provisioners._RESOURCE_HANDLERS[TYPE]

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        _check(props)
        return theirs["create"](logical_id, props, stack_name)

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: str) -> Any:
        _check(new)
        return theirs["update"](physical_id, old, new, *rest)

    provisioners.add("_RESOURCE_HANDLERS", TYPE, theirs | {"create": create, "update": update})
    # a check may start an interpreter, and the event loop serves everybody
    blocks = stacks._runs_on_worker_thread
    stacks.replace(
        "_runs_on_worker_thread",
        lambda resource_type: resource_type == TYPE or blocks(resource_type),
    )


def _check(props: dict[str, Any]) -> None:
    try:
        checks.check_configuration(props)
        checks.check_code(props.get("Code") or {})
    except ServiceError as error:
        # what CloudFormation turns into a failed resource with this reason
        raise ValueError(error.message) from error
