"""Every sheet and visual says in words what it shows."""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards import walk


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find sheets and visuals without their words; a name of one letter is not shown."""
    for number, sheet in enumerate(definition.get("Sheets", ())):
        path = f"Definition.Sheets[{number}]"
        if len(sheet.get("Name", "").strip()) < 2:
            yield f"{path}: a sheet's name has two letters at least"
        if not sheet.get("Description", "").strip():
            yield f"{path}: the sheet has no sentence as its Description"
        if not sheet.get("Visuals"):
            yield f"{path}: the sheet shows nothing"
    for path, _, _, body in walk.visuals(definition):
        for name in ("Title", "Subtitle"):
            if not body.get(name, {}).get("FormatText", {}).get("PlainText", "").strip():
                yield f"{path}: the visual has no {name}"
        if not body.get("VisualContentAltText", "").strip():
            yield f"{path}: the visual has no VisualContentAltText"
