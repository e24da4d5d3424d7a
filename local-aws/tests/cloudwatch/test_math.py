"""Metric math: what expressions give, and that any text is one or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.cloudwatch.errors import CloudWatchError
from local_aws.cloudwatch.math.evaluate import Scope, evaluate, names
from local_aws.cloudwatch.math.functions import Span
from local_aws.cloudwatch.math.parser import parse
from local_aws.cloudwatch.math.values import Value
from local_aws.protocol.errors import ServiceError

SERIES: dict[str, Value] = {
    "m1": {0.0: 1.0, 60.0: 2.0, 180.0: 6.0},
    "m2": {0.0: 10.0, 60.0: 0.0, 120.0: 30.0, 180.0: 3.0},
    "e1": {0.0: 1.0},
}
SCOPE = Scope(Span(0.0, 240.0, 60), SERIES.__getitem__, {"m1": 60, "m2": 60})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3 ^ 2 - -4 / 2", 21.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("(1 + 2) * 3", 9.0),
        ("1e2 + .5", 100.5),
        ("1 < 2 && 2 >= 2", 1.0),
        ("1 == 2 OR 3 > 2 AND 0", 0.0),
        ("m1 + m2", {0.0: 11.0, 60.0: 2.0, 180.0: 9.0}),
        ("m1 / m2", {0.0: 0.1, 180.0: 2.0}),
        ("m1 > 1", {0.0: 0.0, 60.0: 1.0, 180.0: 1.0}),
        ("SUM(m1)", 9.0),
        ("AVG(m1)", 3.0),
        ("MAX(METRICS())", {0.0: 10.0, 60.0: 2.0, 120.0: 30.0, 180.0: 6.0}),
        ("SUM([m1, m2])", {0.0: 11.0, 60.0: 2.0, 120.0: 30.0, 180.0: 9.0}),
        ('SUM(METRICS("m1"))', {0.0: 1.0, 60.0: 2.0, 180.0: 6.0}),
        ("METRIC_COUNT(METRICS())", 2.0),
        ("FILL(m1, 0)", {0.0: 1.0, 60.0: 2.0, 120.0: 0.0, 180.0: 6.0}),
        ("FILL(m1, REPEAT)", {0.0: 1.0, 60.0: 2.0, 120.0: 2.0, 180.0: 6.0}),
        ("FILL(m1, LINEAR)", {0.0: 1.0, 60.0: 2.0, 120.0: 4.0, 180.0: 6.0}),
        ("FILL(m1, m2)", {0.0: 1.0, 60.0: 2.0, 120.0: 30.0, 180.0: 6.0}),
        ("IF(m2 > 5, m2, 0)", {0.0: 10.0, 60.0: 0.0, 120.0: 30.0, 180.0: 0.0}),
        ("IF(m1 > 1, m1)", {60.0: 2.0, 180.0: 6.0}),
        ("DIFF(m1)", {60.0: 1.0, 180.0: 4.0}),
        ("DIFF_TIME(m1)", {60.0: 60.0, 180.0: 120.0}),
        ("RATE(m1)", {60.0: 1 / 60, 180.0: 4 / 120}),
        ("RUNNING_SUM(m1)", {0.0: 1.0, 60.0: 3.0, 180.0: 9.0}),
        ("PERIOD(m1)", 60.0),
        ("DATAPOINT_COUNT(m2)", 4.0),
        ("TIME_SERIES(3)", {0.0: 3.0, 60.0: 3.0, 120.0: 3.0, 180.0: 3.0}),
        ("ABS(0 - m1)", {0.0: 1.0, 60.0: 2.0, 180.0: 6.0}),
        ("CEIL(m1 / 4)", {0.0: 1.0, 60.0: 1.0, 180.0: 2.0}),
        ("FLOOR(LOG10(m2))", {0.0: 1.0, 120.0: 1.0, 180.0: 0.0}),
        ("m1 * AVG(m1)", {0.0: 3.0, 60.0: 6.0, 180.0: 18.0}),
        ("REMOVE_EMPTY([m1, m1 / 0])", [{0.0: 1.0, 60.0: 2.0, 180.0: 6.0}]),
        ("[m1] * 2", [{0.0: 2.0, 60.0: 4.0, 180.0: 12.0}]),
    ],
)
def test_expressions(expression: str, value: Value) -> None:
    assert evaluate(parse(expression), SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "m1 m2",
        "SUM(",
        "SUM(m1,",
        "[m1",
        "1 = 1",
        "m1 $ 2",
        "1 / 0",
        "-",
        "SUM(1 2)",
        "METRICS() + METRICS()",
        "RATE(1)",
        "FILL(m1)",
        "IF(m1)",
        "PERIOD(1)",
        "[1]",
        "'text'",
        "&& 1",
        "(" * 200,
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(CloudWatchError):
        evaluate(parse(expression), SCOPE)


def test_names_and_functions_are_checked_before_anything_is_read() -> None:
    assert names(parse("FILL(m1, REPEAT) + SUM([m2, x])")) == {"m1", "m2", "x"}
    with pytest.raises(CloudWatchError, match="Unknown function GUESS"):
        names(parse("1 + GUESS(m1)"))
    with pytest.raises(ServiceError, match="ANOMALY_DETECTION_BAND of cloudwatch's"):
        names(parse("ANOMALY_DETECTION_BAND(m1)"))


@given(st.text(alphabet="m12+-*/^()[],<>=&| .'\"ASUMFIL", max_size=25))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        node = parse(text)
        if names(node) <= SERIES.keys():
            evaluate(node, SCOPE)
    except ServiceError as error:
        assert error.message
