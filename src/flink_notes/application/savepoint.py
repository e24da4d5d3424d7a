"""What a savepoint of Flink keeps, and what of it a version of an application would find.

``python -m flink_notes.application.savepoint FOLDER TARGET``, in a process of its own: Flink reads
the savepoint's ``_metadata``, and its operators are written as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flink_notes.application import state
from flink_notes.application.check import Planned
from flink_notes.application.state import FOUND, NEW, REFUSED, Verdict
from helpers.errors import InputError

METADATA: Final = "_metadata"
_JVM: Final = "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
_SECONDS: Final = 120


@dataclass(frozen=True)
class Operator:
    """An operator of a savepoint.

    Attributes
    ----------
    id : str
        By which its state is found.
    uid : str
        Of which the id is made: number and kind of its node in the plan. Empty where the id is
        Flink's own.
    name : str
    size : int
        Bytes of its state.
    most_parallel : int
        Into so many key groups its state is divided.
    """

    id: str
    uid: str
    name: str
    size: int
    most_parallel: int


def read(folder: Path) -> list[Operator]:
    """Read the operators of a savepoint, also those without state.

    Parameters
    ----------
    folder : pathlib.Path
        With a file ``_metadata``; the files of the state itself are not looked at.

    Raises
    ------
    InputError
        Where it is no savepoint, or one that this Flink cannot read.
    """
    if not (folder / METADATA).is_file():
        raise InputError(f"{folder} is no savepoint: it has no file {METADATA}.")
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "operators.json"
        command = [sys.executable, "-m", __name__, str(folder.resolve()), str(target)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        if done.returncode or not target.exists():
            why = done.stderr.strip().rpartition("\n")[2]
            raise InputError(f"{folder / METADATA} is no savepoint that Flink can read: {why}")
        found = [Operator(**each) for each in json.loads(target.read_text())]
    return sorted(found, key=_number)


def compare(before: Sequence[Operator], after: Planned) -> list[Verdict]:
    """Tell which operator's state a version would find.

    By ids and key groups alone, which is what Flink itself looks at before it starts. Whether an
    operator that finds its state still means the same by it, only the plan of the version that
    wrote it can tell: `state.compare`.

    Parameters
    ----------
    before : sequence of Operator
        From `read`.
    after : Planned

    Returns
    -------
    list of Verdict
        The operators of the savepoint that have state, then those that are new.
    """
    kept = [operator for operator in before if operator.size]
    wanted = after.options.get(state.MOST_PARALLEL)
    for operator in kept:
        if wanted and int(wanted) != operator.most_parallel:
            why = (
                f"its state is in {operator.most_parallel} key groups, and {state.MOST_PARALLEL} "
                f"is {wanted}: Flink refuses to start"
            )
            return [Verdict("every operator", REFUSED, why)]
    nodes = {node["id"]: node for node in after.plan["nodes"]}
    found = []
    for operator in kept:
        node = nodes.get(_number(operator))
        if operator.id in after.operators:
            name = state.named(node, after.plan) if node else operator.name
            found.append(Verdict(name, FOUND))
        else:
            why = "the new version has no operator of its id: Flink cannot map its state"
            found.append(Verdict(f"{operator.uid or operator.id}: {operator.name}", REFUSED, why))
    return found + [
        Verdict(state.named(node, after.plan), NEW)
        for (number, _), node in state.stateful(after.plan).items()
        if number not in {_number(operator) for operator in before}
    ]


def _number(operator: Operator) -> int:
    """Give the number of an operator's node in the plan; 0 where its id does not tell."""
    number = operator.uid.partition("_")[0]
    return int(number) if number.isdecimal() else 0


def _main(folder: str, target: str) -> None:
    os.environ["JVM_ARGS"] = _JVM
    os.environ["_python_worker_execution_mode"] = "process"  # noqa: SIM112
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    jvm = get_gateway().jvm
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    stream = jvm.java.io.DataInputStream(jvm.java.io.FileInputStream(f"{folder}/{METADATA}"))
    checkpoints = jvm.org.apache.flink.runtime.checkpoint.Checkpoints
    try:
        found = checkpoints.loadCheckpointMetadata(stream, loader, folder).getOperatorStates()
    except Py4JJavaError as error:
        sys.exit(f"{error.java_exception.getClass().getSimpleName()}: {_said(error)}")
    operators = [
        Operator(
            str(each.getOperatorID()),
            each.getOperatorUid().orElse(""),
            each.getOperatorName().orElse(""),
            each.getStateSize(),
            each.getMaxParallelism(),
        )
        for each in found
    ]
    Path(target).write_text(json.dumps([vars(operator) for operator in operators]))


def _said(error: Any) -> str:
    return (error.java_exception.getMessage() or "it ends too soon").partition("\n")[0]


if __name__ == "__main__":
    _main(*sys.argv[1:])
