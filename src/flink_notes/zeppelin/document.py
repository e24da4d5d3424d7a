"""A ``.zpln`` file: the fields that Zeppelin 0.10 reads and writes."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

VERSION: Final = "0.10.0"
_DATE: Final = "2026-01-01 00:00:00.000"  # a fixed one: the file tells no clock time
_MILLISECONDS: Final = 1_767_225_600_000  # of that date, as in a paragraph's id


def document(name: str, texts: Sequence[str]) -> str:
    """Write a note.

    Parameters
    ----------
    name : str
        The note's.
    texts : sequence of str
        Its paragraphs, each with its interpreter's line.

    Returns
    -------
    str
        JSON; the same for the same name and texts, since ids and dates, which Zeppelin would
        make anew where they are missing, stand in it.
    """
    note = {
        "paragraphs": [_paragraph(text, number) for number, text in enumerate(texts)],
        "name": name,
        "id": hashlib.sha256(name.encode()).hexdigest()[:9].upper(),
        "defaultInterpreterGroup": "flink",
        "version": VERSION,
        "noteParams": {},
        "noteForms": {},
        "angularObjects": {},
        "config": {"isZeppelinNotebookCronEnable": False},
        "info": {},
    }
    return json.dumps(note, indent=2, ensure_ascii=False) + "\n"


def _paragraph(text: str, number: int) -> dict[str, Any]:
    name = f"paragraph_{_MILLISECONDS}_{number + 1}"
    return {
        "text": text,
        "user": "anonymous",
        "dateUpdated": _DATE,
        "progress": 0,
        "config": {"editorHide": text.startswith("%md"), "enabled": True},
        "settings": {"params": {}, "forms": {}},
        "apps": [],
        "runtimeInfos": {},
        "progressUpdateIntervalMs": 500,
        "jobName": name,
        "id": name,
        "dateCreated": _DATE,
        "status": "READY",
    }
