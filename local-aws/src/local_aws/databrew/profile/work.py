"""A profile job's work: a relation counted, and rulesets held against it."""

import json
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from local_aws.databrew.profile import configuration, document
from local_aws.databrew.profile.columns import ColumnStatistics
from local_aws.databrew.relation import NUMBERS, Column, Relation
from local_aws.databrew.rules import report
from local_aws.databrew.rules.judge import Judge
from local_aws.databrew.store import Document
from local_aws.engine.context import Context


class Profile:
    """One relation's profile, as far as it is asked for.

    Parameters
    ----------
    context : Context
        Of the job's run.
    relation : Relation
        The dataset.
    given : dict
        The job's ProfileConfiguration.
    """

    def __init__(self, context: Context, relation: Relation, given: Document) -> None:
        self._context, self._relation, self._given = context, relation, given
        self._counted: dict[str, ColumnStatistics] = {}

    def _ask(self, sql: str) -> Sequence[Any]:
        self._context.check_cancelled()
        return self._context.connection.execute(sql).fetchone() or ()

    @cached_property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self._ask(f"SELECT count(*) FROM {self._relation.name}")[0])

    @cached_property
    def duplicates(self) -> int:
        """How many rows repeat another in every column."""
        distinct = f"SELECT count(*) FROM (SELECT DISTINCT * FROM {self._relation.name})"
        return self.rows - int(self._ask(distinct)[0])

    def counted(self, name: str) -> ColumnStatistics:
        """Return the statistics of a column; counted once."""
        self._context.check_cancelled()
        column = self._relation.column(name)
        if column is None:
            raise KeyError(name)
        if name not in self._counted:
            connection = self._context.connection
            self._counted[name] = ColumnStatistics(connection, self._relation, column, self.rows)
        return self._counted[name]

    def told(self) -> Document:
        """Return what the profile tells of the dataset, in the service's order."""
        override = configuration.of_dataset(self._given)
        included, parameters = configuration.merged(
            configuration.DEFAULTS["datasetConfiguration"], override
        )
        chosen = [each for each in self._relation.columns if each.type and self._is_chosen(each)]
        correlations = self._correlations(chosen, parameters) if "CORRELATION" in included else {}
        columns = []
        for each in chosen:
            own = configuration.of_column(self._given, each.name)
            counted = self.counted(each.name)
            columns.append(document.column(counted, own, correlations.get(each.name)))
        told: Document = {
            "defaultProfileConfiguration": configuration.DEFAULTS,
            "datasetConfigurationOverride": override,
            "sampleSize": self.rows,
        }
        if "DUPLICATE_ROWS_COUNT" in included:
            told["duplicateRowsCount"] = self.duplicates
        return {**told, "columns": columns}

    def judged(self, rulesets: Sequence[Document]) -> Document:
        """Return what the validation report tells of rulesets."""
        judge = Judge(
            self._context.connection,
            self._relation,
            self.rows,
            self.counted,
            lambda: self.duplicates,
        )
        results = [report.of_ruleset(each, judge) for each in rulesets]
        return {"sampleSize": self.rows, "rulesetResults": results}

    def _is_chosen(self, column: Column) -> bool:
        selectors = self._given.get("ProfileColumns")
        return selectors is None or configuration.is_selected(selectors, column.name)

    def _correlations(
        self, chosen: Sequence[Column], parameters: dict[str, dict[str, str]]
    ) -> dict[str, Document]:
        given = parameters["CORRELATION"]
        numeric = [each for each in chosen if each.type in NUMBERS]
        if "columnSelectors" in given:
            selectors = configuration.json_selectors(given["columnSelectors"])
            numeric = [each for each in numeric if configuration.is_selected(selectors, each.name)]
        elif given["columnNumber"] != "ALL":
            numeric = numeric[: int(given["columnNumber"])]
        if not numeric:
            return {}
        pairs = [(one, other) for one in numeric for other in numeric]
        what = ", ".join(f"corr({one.sql}, {other.sql})" for one, other in pairs)
        found = self._ask(f"SELECT {what} FROM {self._relation.name}")
        told: dict[str, Document] = {}
        for (one, other), value in zip(pairs, found, strict=True):
            # with itself it is 1, whatever is rounded on the way
            told.setdefault(one.name, {})[other.name] = 1.0 if one == other else value
        return told


def written(told: Document) -> str:
    """Write a profile or a report as JSON; what is no number in JSON is null."""
    return json.dumps(_plain(told), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
