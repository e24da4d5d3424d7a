"""Filter policies: what a subscription may ask of messages (developer guide, "Filter policies")."""

import ipaddress
import json
from collections.abc import Iterator
from numbers import Real
from typing import Any

SCOPES = ("MessageAttributes", "MessageBody")
_MOST_KEYS = 5
_MOST_COMBINATIONS = 150
_OF_TEXT = ("equals-ignore-case", "prefix", "suffix", "wildcard")
_WITHIN_ANYTHING_BUT = ("prefix", "suffix", "wildcard", "equals-ignore-case")
_LOWER, _UPPER = (">", ">="), ("<", "<=")


def fault(text: str, scope: str) -> str:
    """Say what is wrong with a filter policy, in the service's words.

    Parameters
    ----------
    text : str
        The policy, JSON.
    scope : str
        One of `SCOPES`: a policy over attributes has one level.

    Returns
    -------
    str
        Empty where nothing is.
    """
    try:
        policy = json.loads(text)
    except ValueError:
        return "failed to parse JSON"
    if not isinstance(policy, dict):
        return "Filter policy must be an object"
    return next(_faults(policy, scope), "")


def _faults(policy: dict[str, Any], scope: str) -> Iterator[str]:
    if len(policy) > _MOST_KEYS:
        yield f"Filter policy can not have more than {_MOST_KEYS} keys"
    yield from _of_object(policy, scope)
    if _combinations(policy) > _MOST_COMBINATIONS:
        yield "Filter policy is too complex"


def _of_object(policy: dict[str, Any], scope: str) -> Iterator[str]:
    for key, value in policy.items():
        if _is_choice(key, value):
            for each in value:
                yield from _of_object(each, scope)
        elif isinstance(value, dict):
            if scope == SCOPES[0]:
                yield f"Filter policy scope {scope} does not support nested filter policy"
            if not value:
                yield "Empty objects are not allowed"
            yield from _of_object(value, scope)
        elif isinstance(value, list):
            if not value:
                yield "Empty arrays are not allowed"
            for each in value:
                yield from _of_rule(each)
        else:
            yield f'"{key}" must be an object or an array'


def _is_choice(key: str, value: Any) -> bool:
    """Say whether a member is an ``$or`` of at least two objects; else it is a key of that name."""
    return (
        key == "$or"
        and isinstance(value, list)
        and len(value) > 1
        and all(isinstance(each, dict) and each for each in value)
    )


def _of_rule(rule: Any) -> Iterator[str]:
    if isinstance(rule, list):
        yield "Match value must be String, number, true, false, or null"
    if not isinstance(rule, dict):
        return
    if len(rule) != 1:
        yield "Only one key allowed in match expression"
        return
    ((operator, value),) = rule.items()
    if operator in _OF_TEXT:
        if not isinstance(value, str):
            yield f"{operator} match pattern must be a string"
    elif operator == "exists":
        if not isinstance(value, bool):
            yield "exists match pattern must be either true or false."
    elif operator == "cidr":
        yield from _of_network(value)
    elif operator == "numeric":
        yield from _of_numbers(value)
    elif operator == "anything-but":
        yield from _of_exclusion(value)
    else:
        yield f"Unrecognized match type {operator}"


def _of_network(value: Any) -> Iterator[str]:
    try:
        ipaddress.ip_network(value, strict=False)
    except (ValueError, TypeError):
        yield "Malformed CIDR, one '/' required"
    else:
        if "/" not in str(value):
            yield "Malformed CIDR, one '/' required"


def _of_exclusion(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for operator in value.keys() - set(_WITHIN_ANYTHING_BUT):
            yield f"Unsupported anything-but pattern: {operator}"
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict | list):
            yield "Inside anything but list, must be string, number, true, false, or null"


def _of_numbers(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield "Value of numeric must be an array"
        return
    operators, numbers = value[::2], value[1::2]
    for operator in operators:
        if operator not in {*_LOWER, *_UPPER, "="}:
            yield f"Unrecognized numeric range operator: {operator}"
    if len(value) not in {2, 4} or (len(value) == 4 and operators[0] not in _LOWER):
        yield "Too many elements in numeric expression"
    for operator, number in zip(operators, [*numbers, None], strict=False):
        if not isinstance(number, Real) or isinstance(number, bool):
            yield f"Value of {operator} must be numeric"
            return
    if len(value) == 4:
        if operators[1] not in _UPPER:
            yield f"Bad numeric range operator: {operators[1]}"
        elif numbers[0] >= numbers[1]:
            yield "Bottom must be less than top"


def _combinations(policy: dict[str, Any], depth: int = 1) -> int:
    """Count as the guide does: the values of each key by its depth, multiplied."""
    product = 1
    for key, value in policy.items():
        if _is_choice(key, value):
            product *= sum(_combinations(each, depth) for each in value)
        elif isinstance(value, dict):
            product *= _combinations(value, depth + 1)
        else:
            product *= len(value) * depth
    return product
