"""What is counted of one column of a relation."""

import duckdb

from local_aws.databrew.profile.statistics import Counts
from local_aws.databrew.relation import INTEGERS, Column, Relation


class ColumnStatistics:
    """What is counted of one column of a relation.

    Attributes
    ----------
    values : Counts
        Of its values: null, empty texts and what is no number (NaN) are missing.
    numbers : Counts
        Of its numbers; of a text the lengths.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the relation is.
    relation : Relation
        What the column is of.
    column : Column
        The column; its place in the relation names the tables of counts.
    rows : int
        Of the relation.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        column: Column,
        rows: int,
    ) -> None:
        self.column, self.rows = column, rows
        number = relation.columns.index(column)
        text = column.type == "string"
        real = column.type in {"float", "double"}
        present = f"{column.sql} IS NOT NULL"
        present += f" AND {column.sql} <> ''" if text else ""
        present += f" AND isfinite({column.sql})" if real else ""
        value = f"{column.sql} + 0" if real else column.sql  # the zero below zero is zero
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE values_{number} AS SELECT {value} AS value, "
            f"count(*) AS n FROM {relation.name} WHERE {present} GROUP BY 1"
        )
        whole = text or column.type in INTEGERS
        self.values = self.numbers = Counts(connection, f"values_{number}", whole=whole)
        if text:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE lengths_{number} AS SELECT length(value) AS value, "
                f"sum(n)::BIGINT AS n FROM values_{number} GROUP BY 1"
            )
            self.numbers = Counts(connection, f"lengths_{number}", whole=True)

    @property
    def missing(self) -> int:
        """How many rows have no value."""
        return self.rows - self.values.total
