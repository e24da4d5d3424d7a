"""Arrays of doubles as vectors."""

from __future__ import annotations

from local_aws.trino.functions.model import Function


def _dot(a: str, b: str) -> str:
    return f"list_sum(list_transform(list_zip({a}, {b}), lambda z_: z_[1] * z_[2]))"


FUNCTIONS: list[Function] = [
    Function(
        "euclidean_distance",
        ("array(double)", "array(double)"),
        "double",
        "sqrt(list_sum(list_transform(list_zip({0}, {1}), lambda z_: pow(z_[1] - z_[2], 2))))",
    ),
    Function(
        "dot_product",
        ("array(double)", "array(double)"),
        "double",
        lambda call: _dot(call[0], call[1]),
    ),
    Function(
        "cosine_similarity",
        ("array(double)", "array(double)"),
        "double",
        lambda call: (
            f"({_dot(call[0], call[1])} "
            f"/ sqrt({_dot(call[0], call[0])} * {_dot(call[1], call[1])}))"
        ),
    ),
    Function(
        "cosine_distance",
        ("array(double)", "array(double)"),
        "double",
        lambda call: (
            f"(1e0 - {_dot(call[0], call[1])} "
            f"/ sqrt({_dot(call[0], call[0])} * {_dot(call[1], call[1])}))"
        ),
    ),
]
