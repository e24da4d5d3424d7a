"""The run's report: one self-contained page for a reader who never saw a notebook."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from helpers import charts
from helpers.files import written_whole
from helpers.report import Section

AS_OF: Final = "as_of"
"""The value that says which former state of the lake a run asks."""


def render(
    run: str,
    sections: Sequence[Section],
    images: Mapping[str, bytes],
    about: Mapping[str, str] | None = None,
    sheets: Mapping[str, str] | None = None,
) -> str:
    """Make the report's HTML.

    Parameters
    ----------
    run : str
        The run's name, shown under the title.
    sections : sequence of Section
        What the notebooks recorded, in order.
    images : mapping of str to bytes
        The PNG behind each chart's file name; its description becomes the alternative text.
    about : mapping of str to str, optional
        What the page is about, label and value: the file, the days.
    sheets : mapping of str to str, optional
        Where the dashboard has a notebook's charts: the address by the notebook's name, and that of
        the whole by an empty one.

    Returns
    -------
    str
        One HTML page that loads nothing else.
    """
    environment = Environment(
        loader=PackageLoader("helpers", "templates"), autoescape=True, undefined=StrictUndefined
    )
    encoded = {name: base64.b64encode(image).decode() for name, image in images.items()}
    described = {name: charts.description(image) for name, image in images.items()}
    return environment.get_template("report.html").render(
        run=run,
        sections=sections,
        images=encoded,
        described=described,
        about=about or {},
        sheets=sheets or {},
    )


def about(values: Mapping[str, Any]) -> dict[str, str]:
    """Say what a run was about, for the head of its page."""
    bucket = values.get("bucket", "")
    said = {
        "file": Path(str(values["raw"])).name if "raw" in values else "",
        "the lake as of snapshot": values.get(AS_OF, ""),
        "store's data": f"{values.get('database', 'db_commerce')} in s3://{bucket}/",
    }
    return {label: str(value) for label, value in said.items() if value}


def write(
    run_dir: Path,
    sections: Sequence[Section],
    about: Mapping[str, str] | None = None,
    sheets: Mapping[str, str] | None = None,
) -> Path:
    """Write ``report.html`` into the run's folder.

    Parameters
    ----------
    run_dir : pathlib.Path
        The run's folder, with the charts that the sections name.
    sections : sequence of Section
        What the notebooks recorded.
    about, sheets : mapping of str to str, optional
        As in `render`.

    Returns
    -------
    pathlib.Path
        The page.
    """
    names = {name for section in sections for name in section.charts.values()}
    images = {name: (run_dir / name).read_bytes() for name in names}
    page = run_dir / "report.html"
    with written_whole(page) as stream:
        stream.write(render(run_dir.name, sections, images, about, sheets).encode())
    return page
