"""``main.py`` of an application: readable, in the order of the note, with the note's words."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from flink_notes.application.promotion import Application, Step
from flink_notes.application.values import Value
from flink_notes.environment import DATABASE
from flink_notes.substitution import places
from helpers.stream_app.properties import PARAMETERS

_HEAD: Final = Path(__file__).with_name("main_head.txt")
_WIDTH: Final = 96
MAX_PARALLELISM: Final = 1024
"""Key groups of the state: fixed with the first start, since another number makes every snapshot
useless; enough for 256 subtasks, the service's limit, at an even load."""

_SETTINGS: Final = {
    "table.local-time-zone": "UTC",
    # ids of operators that outlive other changes of the plan
    "table.exec.uid.generation": "ALWAYS",
    "pipeline.max-parallelism": str(MAX_PARALLELISM),
}


def write(application: Application, values: Sequence[Value]) -> str:
    """Write the application as one Python file.

    Parameters
    ----------
    application : Application
    values : sequence of Value
        What it reads from its properties.

    Returns
    -------
    str
        Python 3.12 for the runtime FLINK-2_2; the same text from the same note.
    """
    return "\n".join([*_lines(application, values), ""])


def _lines(application: Application, values: Sequence[Value]) -> Iterator[str]:
    count = len(application.steps)
    yield f'"""The application of the note {application.note}.'
    yield ""
    yield "Made by `python -m flink_notes export`: change the note, and export it again."
    yield ""
    yield "0. The properties, the environment and the settings."
    yield f"1. to {count}. Definitions, in the order of the note."
    yield f"{count + 1}. The one job."
    yield '"""'
    yield ""
    yield _HEAD.read_text().rstrip()
    yield ""
    yield ""
    yield from _values(values)
    yield ""
    yield from _environment(application)
    previous = None
    for number, step in enumerate(application.steps, start=1):
        yield ""
        yield from _heading(number, step, previous)
        if step.python:
            yield from _python(step, values)
        else:
            yield f"st_env.execute_sql({_sql(step.text)})"
        previous = step.cell.number
    yield ""
    yield from _heading(count + 1, application.inserts[0], previous)
    yield "job = st_env.create_statement_set()"
    for step in application.inserts:
        yield f"job.add_insert_sql({_sql(step.text)})"
    yield "submitted = job.execute()"
    yield "if IS_LOCAL:"
    yield "    submitted.wait()"


def _values(values: Sequence[Value]) -> Iterator[str]:
    yield "VALUES: dict[str, Any] = {"
    for value in values:
        line = f'    "{value.name}": {value.form}("{value.group}", "{value.name}"),'
        yield f"{line}  # {value.help}" if value.group == PARAMETERS and value.help else line
    yield "}"


def _environment(application: Application) -> Iterator[str]:
    settings = {
        **_SETTINGS,
        **{key: step.text for key, step in application.settings.items()},
    }
    yield "configuration = Configuration()"
    yield "if IS_LOCAL:  # the service puts the jar on the class path itself"
    yield '    jar = HERE / GROUPS[RUN_OPTIONS]["jarfile"]'
    yield '    configuration.set_string("pipeline.jars", jar.as_uri())'
    yield "s_env = StreamExecutionEnvironment.get_execution_environment(configuration)"
    yield "st_env = StreamTableEnvironment.create("
    yield "    s_env, EnvironmentSettings.new_instance().in_streaming_mode().build()"
    yield ")"
    for key, text in settings.items():
        yield f"st_env.get_config().set({key!r}, {_sql(text)})"
    yield f'st_env.execute_sql("CREATE DATABASE IF NOT EXISTS {DATABASE}")'
    yield f'st_env.use_database("{DATABASE}")'


def _heading(number: int, step: Step, previous: int | None) -> Iterator[str]:
    yield f"# {number}. Cell {step.cell.number} of the note"
    if step.cell.words and step.cell.number != previous:
        for paragraph in step.cell.words.splitlines():
            yield from textwrap.wrap(
                paragraph, _WIDTH, initial_indent="# ", subsequent_indent="# "
            ) or ["#"]


def _python(step: Step, values: Sequence[Value]) -> Iterator[str]:
    for value in values:
        if value.name in step.text:
            yield f'{value.name} = VALUES["{value.name}"]'
    yield step.text.strip("\n")


def _sql(text: str) -> str:
    """Write SQL as a Python literal; only where values go it has a ``${``."""
    found = [place.start() for place, _ in places(text)]
    parts = text.split("${")
    sql, at = parts[0], len(parts[0])
    for part in parts[1:]:
        sql += ("${" if at in found else "$ {") + part
        at += 2 + len(part)
    literal = f'"""{sql}"""'
    if "\\" in sql or '"""' in sql or sql.endswith('"'):
        literal = repr(sql)
    elif "\n" not in sql and '"' not in sql:
        literal = f'"{sql}"'
    return f"filled({literal})" if found else literal
