"""What becomes of a running application's state when another version takes its place.

An operator finds its state by its id, which `table.exec.uid.generation` = ``ALWAYS`` makes of the
number and kind of its node in the plan. So the nodes with state of both compiled plans are
compared: by id, then by what they keep.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flink_notes.application.check import Planned
from helpers.errors import InputError

KEPT: Final = "kept"
CHANGED: Final = "changed"
REFUSED: Final = "refused"
NEW: Final = "new"
FOUND: Final = "found"

_WITHOUT_STATE: Final = frozenset(
    {
        "calc",
        "python-calc",
        "correlate",
        "python-correlate",
        "exchange",
        "expand",
        "union",
        "values",
        "watermark-assigner",
        "drop-update-before",
        "local-window-aggregate",
        "local-group-aggregate",
        "mini-batch-assigner",
    }
)
"""Every other kind counts as one with state: a new kind is looked at rather than passed over."""

_SOURCES: Final = frozenset({"table-source-scan"})
_SINKS: Final = frozenset({"sink"})
_NOT_KEPT: Final = frozenset({"id", "description", "state", "configuration", "inputProperties"})
MOST_PARALLEL: Final = "pipeline.max-parallelism"
_IDS: Final = "table.exec.uid.generation"


@dataclass(frozen=True)
class Verdict:
    """What becomes of one operator's state.

    Attributes
    ----------
    operator : str
        What it does and for which INSERT, in the note's names.
    becomes : str
        `KEPT`; `CHANGED`, where Flink takes it and what comes from now on is counted otherwise;
        `REFUSED`, where the start would fail, or what was kept would be taken for something else
        without a word; `NEW`, where it begins empty; `FOUND`, where Flink gives it its state, and
        what it kept is not known.
    why : str
    """

    operator: str
    becomes: str
    why: str = ""


def compare(before: Planned, after: Planned) -> list[Verdict]:
    """Tell what becomes of each operator's state.

    Parameters
    ----------
    before : Planned
        What runs, or ran when its snapshot was taken.
    after : Planned
        What takes its place.

    Returns
    -------
    list of Verdict
        The operators of `before`, then those that are new.
    """
    for key in (MOST_PARALLEL, _IDS):
        was, becomes = before.options.get(key, "unset"), after.options.get(key, "unset")
        if was != becomes:
            why = f"{key} was {was} and is {becomes}: no operator would find its state"
            return [Verdict("every operator", REFUSED, why)]
    old, new = stateful(before.plan), stateful(after.plan)
    found = [_verdict(node, new.get(key), before, after) for key, node in old.items()]
    return found + [
        Verdict(named(node, after.plan), NEW) for key, node in new.items() if key not in old
    ]


def check_kept(verdicts: Sequence[Verdict]) -> None:
    """Refuse a version that would not find its state.

    Parameters
    ----------
    verdicts : sequence of Verdict

    Raises
    ------
    InputError
        With each operator whose state is refused, and why.
    """
    refused = [f"{each.operator}: {each.why}" for each in verdicts if each.becomes == REFUSED]
    if refused:
        raise InputError(
            "What runs would lose its state, so it is left as it is:\n" + "\n".join(refused)
        )


def stateful(plan: Mapping[str, Any]) -> dict[tuple[int, str], dict[str, Any]]:
    """Give the nodes of a plan that keep state, by number and kind."""
    return {
        (node["id"], node["type"]): node
        for node in plan["nodes"]
        if _kind(node) not in _WITHOUT_STATE
    }


def _kind(node: Mapping[str, Any]) -> str:
    return str(node["type"]).removeprefix("stream-exec-").rpartition("_")[0]


def _verdict(
    old: Mapping[str, Any], new: Mapping[str, Any] | None, before: Planned, after: Planned
) -> Verdict:
    name = named(old, before.plan)
    if new is None:
        return Verdict(
            name,
            REFUSED,
            "the new version has no operator in its place: Flink cannot map its state",
        )
    was, becomes = _keeps(old, before.plan), _keeps(new, after.plan)
    differing = sorted(key for key in was | becomes if was.get(key) != becomes.get(key))
    if not differing:
        return Verdict(name, KEPT)
    if _kind(old) in _SOURCES:
        return Verdict(
            name, CHANGED, "it reads another stream, and its positions are of the former"
        )
    if differing == ["windowing"]:
        return Verdict(
            name, CHANGED, "the windows are others: those open at the snapshot keep their old ends"
        )
    if differing == ["bounds"]:
        return Verdict(
            name, CHANGED, "it looks at more or fewer rows: those it kept are as many as before"
        )
    return Verdict(name, REFUSED, f"it keeps something else ({', '.join(differing)})")


def _keeps(node: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a node's state is made of."""
    if _kind(node) in _SOURCES:
        table = node["scanTableSource"]["table"]
        options = table.get("resolvedTable", {}).get("options", {})  # none of a temporary one
        return {"stream": options.get("stream.arn")}
    if _kind(node) in _SINKS:
        return {}
    kept = {key: value for key, value in node.items() if key not in _NOT_KEPT}
    if "overSpec" in kept:
        groups = kept["overSpec"]["groups"]
        kept["bounds"] = [[group["lowerBound"], group["upperBound"]] for group in groups]
        unbounded = [
            {k: v for k, v in group.items() if not k.endswith("Bound")} for group in groups
        ]
        rest = {key: kept["overSpec"][key] for key in ("partition", "originalInputFields")}
        # a bound is an index into the constants
        kept["bounds"].append(kept["overSpec"].get("constants"))
        kept["overSpec"] = {**rest, "groups": unbounded}
    kept["input"] = [_types(source["outputType"]) for source in _inputs(node, plan)]
    return kept


def _types(row: Any) -> Any:
    """Leave out the names of a row's columns, which its state does not have."""
    return [field["fieldType"] for field in row["fields"]] if isinstance(row, dict) else row


def _inputs(node: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    nodes = {known["id"]: known for known in plan["nodes"]}
    return (nodes[edge["source"]] for edge in plan["edges"] if edge["target"] == node["id"])


def named(node: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """Name a node of a plan by what it does and by the INSERTs that it works for."""
    targets: dict[int, list[int]] = {}
    for edge in plan["edges"]:
        targets.setdefault(edge["source"], []).append(edge["target"])
    reached, waiting = set(), [node["id"]]
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            waiting += targets.get(at, [])
    sinks = [known["id"] for known in plan["nodes"] if _kind(known) in _SINKS]
    numbers = [str(place) for place, sink in enumerate(sinks, start=1) if sink in reached]
    of = f"INSERT {', '.join(numbers)}" if len(numbers) < len(sinks) else "every INSERT"
    return f"{_kind(node)} {node['id']} of {of}: {node.get('description', '')!s:.80}"
