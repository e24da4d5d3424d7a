"""What is wrong with a definition, found before QuickSight is asked.

QuickSight tells after minutes, and of some mistakes nothing at all: a visual stays empty.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import supported
from dashboards.checks import bindings, columns, ids, layout, schema, variants, wells, words
from dashboards.datasets import DATASETS, Dataset


def problems(definition: Mapping[str, Any], datasets: Sequence[Dataset] = DATASETS) -> list[str]:
    """Say all that is wrong with a definition.

    Parameters
    ----------
    definition : mapping
        ``DashboardVersionDefinition`` of QuickSight's API.
    datasets : sequence of Dataset
        What its identifiers stand for.

    Returns
    -------
    list of str
        A sentence a problem, each with the path of what it is about; none where all is well. Of a
        definition that the schema refuses no more is said than that.
    """
    refused = [*schema.problems(definition), *variants.problems(definition)]
    if refused:
        return refused
    return [
        *ids.problems(definition),
        *layout.problems(definition),
        *wells.problems(definition),
        *columns.problems(definition, datasets),
        *bindings.problems(definition, datasets),
        *words.problems(definition),
        *supported.not_drawn(definition),
    ]
