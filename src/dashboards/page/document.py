"""The page as one file: it asks nothing of any network, and runs no script but its own."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards.page import columns, library
from helpers.errors import InputError

MOST_BYTES: Final = 5_000_000
_HERE: Final = Path(__file__).parent
SCRIPTS: Final = (
    "rows", "measures", "words", "groups", "points", "sentences", "state", "sql", "dom", "table",
    "figure", "controls", "page",
)  # fmt: skip
"""The files of ``script/`` in the order in which they stand in the page's one script."""
_POLICY: Final = (
    "default-src 'none'; script-src {scripts}; style-src-elem {style}; "
    "style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Vega places its marks by style attributes; no image, no frame, no request is allowed at all."""


@dataclass(frozen=True)
class Words:
    """What a page says beside its charts.

    Attributes
    ----------
    title, lead : str
        On top.
    about : mapping of str to str
        Where the numbers come from: run, file, commit, time of the data.
    statements : mapping of str to str
        The SQL of each view.
    attention, questions : sequence of dict
        The answers of a run's notebooks: ``notebook``, ``question``, ``findings``, ``answers``,
        ``failed``, ``link`` and ``sheet``.
    report : str
        The address of the run's report, relative to the page; empty without one.
    """

    title: str
    lead: str
    about: Mapping[str, str]
    statements: Mapping[str, str]
    attention: Sequence[Mapping[str, Any]] = ()
    questions: Sequence[Mapping[str, Any]] = ()
    report: str = ""


def render(plan: Mapping[str, Any], data: Mapping[str, Any], words: Words) -> str:
    """Make the page.

    Parameters
    ----------
    plan, data : mapping
        As of `dashboards.page.planning.plan`.
    words : Words
        What stands beside the charts.

    Returns
    -------
    str
        One HTML file.

    Raises
    ------
    InputError
        Where it would be larger than 5 MB: the message names the data set to cut.
    """
    environment = Environment(
        loader=PackageLoader("dashboards.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = _script()
    scripts = " ".join(hash_source(text) for text in (library.script(), script))
    texts = {name: columns.packed(coded) for name, coded in data.items()}
    page = environment.get_template("page.html").render(
        policy=_POLICY.format(scripts=scripts, style=hash_source(style)),
        style=style,
        script=script,
        library=library.script(),
        credits=library.credits(),
        plan=columns.as_json({**plan, "title": words.title}),
        data=columns.as_json(texts),
        sheets=plan["sheets"],
        filters=plan["filters"],
        title=words.title,
        lead=words.lead,
        about=words.about,
        statements=words.statements,
        attention=words.attention,
        questions=words.questions,
        report=words.report,
    )
    _within_budget(page, data, texts)
    return page


def _script() -> str:
    parts = [(_HERE / "script" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(parts)


def hash_source(text: str) -> str:
    """Name a script or style as a content policy does (CSP level 3, ``hash-source``)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _within_budget(page: str, data: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    size = len(page.encode())
    if size <= MOST_BYTES:
        return
    sizes = {name: len(text) for name, text in texts.items()}
    largest = max(sizes, key=lambda name: sizes[name])
    raise InputError(
        f"The page would take {size:,} bytes, more than {MOST_BYTES:,}: cut {largest}, which takes "
        f"{sizes[largest]:,} of them in {data[largest]['rows']:,} rows."
    )
