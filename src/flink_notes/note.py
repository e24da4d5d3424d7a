"""A note as the application that it is: its paragraphs, without what only an analyst needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flink_notes.application import cells, promotion
from flink_notes.notebook import cells as cells_of
from flink_notes.paragraph import Paragraph, read
from flink_notes.substitution import substitute


def paragraphs(path: Path) -> list[Paragraph]:
    """List the paragraphs of a note.

    Parameters
    ----------
    path : pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    list of Paragraph
        In their order; words, plain Python and line magics are left out.

    Raises
    ------
    InputError
        Where a cell's first line names an unknown interpreter or property.
    """
    found = (read(cell.source) for cell in cells_of(path) if cell.cell_type == "code")
    return [paragraph for paragraph in found if paragraph is not None]


def run(st_env: Any, path: Path, values: Mapping[str, Any]) -> Any:
    """Run a note's application, as it would be promoted, in an environment that is there.

    Parameters
    ----------
    st_env : pyflink.table.StreamTableEnvironment
    path : pathlib.Path
        An ``.ipynb`` file.
    values : mapping of str to object
        What stands for each ``${name}``, and the parameters that its Python reads.

    Returns
    -------
    pyflink.table.TableResult
        Of its one job.

    Raises
    ------
    PromotionError
        Where a cell cannot be part of an application.
    InputError
        Where a value is missing or may not stand in its place.
    """
    from pyflink.datastream import StreamExecutionEnvironment  # noqa: PLC0415

    application = promotion.promote(path.stem, cells.read(path), frozenset(values))
    for key, setting in application.settings.items():
        st_env.get_config().set(key, substitute(setting.text, values))
    s_env = StreamExecutionEnvironment(st_env._j_tenv.execEnv())
    names = {**values, "st_env": st_env, "s_env": s_env}
    for step in application.steps:
        if step.python:
            exec(compile(step.text, f"cell {step.cell.number}", "exec"), names)  # noqa: S102
        else:
            st_env.execute_sql(substitute(step.text, values))
    job = st_env.create_statement_set()
    for insert in application.inserts:
        job.add_insert_sql(substitute(insert.text, values))
    return job.execute()
