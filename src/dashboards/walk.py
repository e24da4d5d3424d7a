"""All parts of a definition, each with its path."""

from collections.abc import Iterator, Mapping
from typing import Any


def parts(part: object, path: str = "Definition") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """List every object of a definition, the outer before the inner.

    Yields
    ------
    tuple of str and mapping
        Its path and itself.
    """
    if isinstance(part, Mapping):
        yield path, part
        for name, value in part.items():
            yield from parts(value, f"{path}.{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from parts(value, f"{path}[{number}]")


def having(definition: object, name: str) -> Iterator[tuple[str, Any]]:
    """List what stands under a name anywhere, with the path of it."""
    for path, part in parts(definition):
        if name in part:
            yield f"{path}.{name}", part[name]


def visuals(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """List the visuals: path, sheet, kind such as ``KPIVisual``, and body."""
    for place, sheet in enumerate(definition.get("Sheets", ())):
        for number, visual in enumerate(sheet.get("Visuals", ())):
            for kind, body in visual.items():
                path = f"Definition.Sheets[{place}].Visuals[{number}].{kind}"
                yield path, sheet["SheetId"], kind, body
