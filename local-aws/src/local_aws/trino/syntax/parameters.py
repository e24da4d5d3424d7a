"""What the service takes an execution parameter for."""

from __future__ import annotations

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.parser import parse_expression
from local_aws.trino.syntax.walk import nodes_of


def parameter_sql(text: str) -> str:
    """Return the SQL that an execution parameter stands for.

    A constant (``5``, ``'a'``, ``DATE '2019-10-01'``, ``NULL``, also ``1 + 1``) is SQL as it is;
    whatever is none is taken as text, so ``Washington`` means ``'Washington'``: awswrangler's own
    tests against the service pass it so. A name in double quotes stays one, as the guide says
    ("must be enclosed in single quotes rather than double quotes").

    Examples
    --------
    >>> [parameter_sql(text) for text in ("Washington", "'it''s'", "it's", "5")]
    ["'Washington'", "'it''s'", "'it''s'", '5']
    """
    try:
        node = parse_expression(text)
    except TrinoError as error:
        return text if error.name == "NOT_SUPPORTED" else _quoted(text)
    named = any(isinstance(part, n.Name) for part in nodes_of(node))
    return _quoted(text) if named and '"' not in text else text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
