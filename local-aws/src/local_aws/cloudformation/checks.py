"""A template's resources checked against their schemas, and against what is carried out here."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import regex
from jsonschema.protocols import Validator

from local_aws.cloudformation import schemas
from local_aws.cloudformation.template import UNKNOWN, Template
from local_aws.cloudformation.types.model import Resource
from local_aws.protocol import tags

Record = dict[str, Any]


def refusal(template: Template, types: Mapping[str, Resource]) -> str:
    """Say what is wrong with a template's resources, in CloudFormation's words.

    Parameters
    ----------
    template : Template
        With its parameters and conditions.
    types : mapping
        The types that are made here, by name; others are not looked at.

    Returns
    -------
    str
        Empty where nothing is.
    """
    said = []
    for name, resource in template.resources().items():
        kind = resource.get("Type", "")
        if kind in types and (faults := list(_faults(kind, types[kind], template, resource))):
            lines = "\n".join(faults)
            said.append(f"Properties validation failed for resource {name} with message:\n{lines}")
    return "\n".join(said)


def coerced(resource_type: str, properties: Record) -> Record:
    """Return properties in the types of their schema: a template may write a number as text."""
    found = _coerced(resource_type, schemas.schema(resource_type), properties)
    return dict(found)


def _faults(kind: str, resource: Resource, template: Template, declared: Record) -> Iterator[str]:
    given = coerced(kind, template.properties(declared))
    for error in _validator(kind).iter_errors(given):
        yield from _told(error)
    for path in schemas.read_only(kind):
        if schemas.at(given, path) is not None:
            yield f"#: extraneous key [{path}] is not permitted (the service sets it)"
    known = schemas.schema(kind)["properties"]
    for name in sorted(given.keys() & known.keys() - resource.properties - schemas.read_only(kind)):
        yield f"#/{name}: the local AWS does not carry out {kind}'s {name}"
    if tags.are_reserved(given):
        yield f"#/Tags: {tags.MESSAGE}"
    for path in resource.refused:
        if schemas.at(given, path) is not None:
            yield f"#/{path}: the local AWS does not carry out {kind}'s {path}"


def _told(error: Any) -> Iterator[str]:
    place = "#" + "".join(f"/{part}" for part in error.absolute_path)
    match error.validator:
        case "additionalProperties":
            allowed = error.schema.get("properties", {})
            patterns = error.schema.get("patternProperties", {})
            for name in error.instance:
                if name not in allowed and not any(regex.search(p, name) for p in patterns):
                    yield f"{place}: extraneous key [{name}] is not permitted"
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield f"{place}: required key [{name}] not found"
        case "type":
            wanted = error.validator_value
            names = [wanted] if isinstance(wanted, str) else wanted
            expected = ", ".join(_JAVA[name] for name in names)
            yield f"{place}: expected type: {expected}, found: {_java(error.instance)}"
        case keyword:
            rule = error.validator_value
            told = (
                f": {rule}"
                if isinstance(rule, str | int | float | list)
                and not isinstance(next(iter(rule), None) if isinstance(rule, list) else None, dict)
                else ""
            )
            yield f"{place}: failed validation constraint for keyword [{keyword}]{told}"


_JAVA = {
    "array": "JSONArray",
    "boolean": "Boolean",
    "integer": "Integer",
    "null": "Null",
    "number": "Number",
    "object": "JSONObject",
    "string": "String",
}


def _java(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer"}
    return _JAVA[names.get(type(value), "number")]


@cache
def _validator(kind: str) -> Validator:
    base = jsonschema.Draft7Validator
    rules = {name: _where_known(rule) for name, rule in base.VALIDATORS.items()}
    rules["pattern"] = _where_known(_pattern)
    made: Validator = jsonschema.validators.extend(base, rules)(schemas.schema(kind))
    return made


def _where_known(rule: Callable[..., Any]) -> Callable[..., Any]:
    def checked(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        return () if instance is UNKNOWN else rule(validator, value, instance, schema) or ()

    return checked


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    # the schemas' patterns are Java's, which Python's own module does not all read
    if isinstance(instance, str) and not regex.search(pattern, instance):
        yield jsonschema.ValidationError(pattern)


def _coerced(kind: str, part: Record, value: Any) -> Any:
    part = schemas.resolved(kind, part)
    if isinstance(value, dict):
        members = part.get("properties", {})
        return {n: _coerced(kind, members.get(n, {}), v) for n, v in value.items()}
    if isinstance(value, list):
        items = part.get("items", {})
        return [_coerced(kind, items if isinstance(items, dict) else {}, item) for item in value]
    wanted = part.get("type")
    if isinstance(value, bool):
        return str(value).lower() if wanted == "string" else value
    if isinstance(value, int | float):
        return str(value) if wanted == "string" else value
    if isinstance(value, str):
        return _read(wanted, value)
    return value


def _read(wanted: Any, text: str) -> Any:
    if wanted == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if wanted == "integer" and regex.fullmatch(r"-?\d+", text):
        return int(text)
    if wanted == "number" and regex.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    return text
