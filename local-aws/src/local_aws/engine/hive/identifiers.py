"""Which words may be names: the rules of both dialects that Athena reads.

Source: the Athena user guide, "Escape reserved keywords in queries" and "Name databases, tables,
and columns"; the letters of a bare name are those of the lexers of Hive and Trino.
"""

import re

from local_aws.trino.syntax.lexer import RESERVED as TRINO_RESERVED

MAX_BYTES = 255
_HIVE_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_TRINO_WORD = re.compile(r"[A-Za-z_][\w@:]*")
# the guide lists TIME and TIMESTAMP too, but its own tables of load balancers' logs have such names
_HIVE_RESERVED = """
ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR
COLUMN CONF CONSTRAINT COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR
DATABASE DATE DAYOFWEEK DECIMAL DELETE DESCRIBE DISTINCT DIV DOUBLE DROP ELSE END EXCHANGE
EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR FOLLOWING FOR FOREIGN FROM FULL
FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL
INTO IS JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR
ORDER OUT OUTER OVER PARTIALSCAN PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY
PROCEDURE RANGE READS REDUCE REGEXP REFERENCES REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW ROWS
SELECT SET SMALLINT START TABLE TABLESAMPLE THEN TO TRANSFORM TRIGGER TRUE TRUNCATE UNBOUNDED
UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH
"""
HIVE_RESERVED = frozenset(_HIVE_RESERVED.split())


def refusal(word: str, *, hive: bool) -> str | None:
    """Return why a bare word is no name, None where it is one.

    Examples
    --------
    >>> refusal("order", hive=True)
    'a reserved word: enclose it in backticks'
    >>> refusal("2019_sales", hive=True), refusal("time", hive=True)
    (None, None)
    """
    quotes = "backticks" if hive else "double quotes"
    if word.upper() in (HIVE_RESERVED if hive else TRINO_RESERVED):
        return f"a reserved word: enclose it in {quotes}"
    if not hive and word[:1].isdigit():
        return "identifiers must not start with a digit; surround the identifier with double quotes"
    if not (_HIVE_WORD if hive else _TRINO_WORD).fullmatch(word):
        return f"a name of such characters must be enclosed in {quotes}"
    return too_long(word)


def quoted_refusal(text: str, value: str, *, hive: bool) -> str | None:
    """Return why a word in quotes is no name, None where it is one."""
    if not hive and text.startswith("`"):
        return "backquoted identifiers are not supported; use double quotes to quote identifiers"
    return too_long(value)


def too_long(name: str) -> str | None:
    """Return what is wrong with the length of a name, None where nothing is."""
    if not 1 <= len(name.encode()) <= MAX_BYTES:
        return f"a name has 1 to {MAX_BYTES} bytes"
    return None
