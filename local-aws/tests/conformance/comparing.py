"""How Athena's answers are held against Trino's."""

import math
import re


def printed_type(raw: str) -> str:
    """Athena's ColumnInfo.Type of a Trino type: `row(x integer)` is `row`, `real` is `float`."""
    base = re.sub(r"\([^)]*\)(?= with)", "", raw).split("(")[0].lower()
    return "float" if base == "real" else base


def same_value(got: str | None, expected: str | None, kind: str) -> bool:
    """Whether two texts are equal; doubles may differ in the last places, as sums and libm do."""
    if got == expected or got is None or expected is None or kind not in ("double", "float"):
        return got == expected
    try:
        return math.isclose(float(got), float(expected), rel_tol=1e-12)
    except ValueError:
        return False


def reason(text: str) -> str:
    """Error without what is known to differ.

    Athena adds a clause to COLUMN_NOT_FOUND; the lists of what was expected follow Trino's version;
    Athena names its own functions without `system.builtin`.
    """
    text = text.replace(" or requester is not authorized to access requested resources", "")
    text = text.replace("system.builtin.", "")
    return re.split(r" Expect(?:ed|ing):|\nCandidates are:", text)[0].rstrip(".")
