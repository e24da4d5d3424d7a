"""Filter patterns, by the examples of the guide and what lies beside them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.logs.patterns import PatternError, compiled

TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
        "errors": 3,
        "latency": 1.5,
        "code": "400",
        "user": {"id": 7, "e-mail": "x@y"},
    }
)
ACCESS = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


def matches(pattern: str, message: str) -> bool:
    return compiled(pattern).match(message) is not None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ('{ $.eventType = "updatetrail" }', False),
        ('{ $.eventType = "Update*" }', True),
        ("{ $.eventType = %Trail$% }", True),
        ("{ $.eventType = %^Trail% }", False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress = 111.111.* }", True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[5] = "value" }', False),
        ('{ $.arrayKey[*] = "another value" }', True),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id > 2 }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.errors >= 3 }", True),
        ("{ $.errors < 3 }", False),
        ("{ $.errors = 3.0 }", True),
        ("{ $.latency > 1.4e0 }", True),
        ("{ $.code = 400 }", True),
        ('{ $.errors = "3" }', False),
        ("{ $.latency = * }", True),
        ("{ $.absent = * }", False),
        ("{ $.SomeObject = * }", False),
        ("{ $.absent != 1 }", False),
        ("{ $.user = 7 }", False),
        ("{ $.user.id = 7 }", True),
        ("{ $.user.e-mail = *@y }", True),
        ("{ ($.user.id = 7) && ($.errors > 3 || $.latency < 2) }", True),
        ("{ $.user.id = 7 && $.errors > 3 || $.errors = 3 }", True),
    ],
)
def test_json_patterns(pattern: str, expected: bool) -> None:
    assert matches(pattern, TRAIL) is expected


@pytest.mark.parametrize("message", ["", "no JSON", "1", '"text"', "{", "[" * 100_000])
def test_json_patterns_match_nothing_that_is_no_object(message: str) -> None:
    assert not matches("{ $.absent NOT EXISTS }", message)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ip, id, user, timestamp, request, status_code, size]", True),
        ("[ip, id, user, timestamp, request, status_code]", False),
        ("[ip, id, user, timestamp, request, status_code = 404, size]", True),
        ("[ip, id, user, timestamp, request = *.html*, status_code = 4*, size]", True),
        ("[ip, id, user, timestamp, request =*.html*, status_code = 4*, size > 1000]", True),
        ("[..., status_code = 5*, size]", False),
        ("[ip != 127.0.0.1, ...]", False),
        ("[ip = %^127%, ..., size >= 1534]", True),
        ("[,,,,, status_code = 404,]", True),
        ("[ip, ..., status_code = 500 || status_code = 404, size]", True),
        ("[ip, ..., status_code != 200 && status_code != 404, size]", False),
        ("[a, b, c, d, e, f, g, ..., h]", False),
        ("[...]", True),
    ],
)
def test_patterns_of_fields(pattern: str, expected: bool) -> None:
    assert matches(pattern, ACCESS) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        (" ", True),
        ("ERROR", True),
        ("error", False),
        ("ERROR 400", True),
        ("ERROR 500", False),
        ('"BAD REQUEST"', True),
        ('"REQUEST BAD"', False),
        ("?WARN ?ERROR", True),
        ("?WARN ?FATAL", False),
        ("ERROR -REQUEST", False),
        ('ERROR -"GOOD REQUEST"', True),
        ("?WARN ERROR", True),
        (r'"say \"hi\""', False),
        ("%ERR.R%", True),
        ("%^BAD%", False),
    ],
)
def test_patterns_of_terms(pattern: str, expected: bool) -> None:
    assert matches(pattern, "[ERROR 400] BAD REQUEST") is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = 1",
        "{}",
        "{ }",
        "{ $.a }",
        "{ a = 1 }",
        "{ $.a = }",
        "{ $.a > x }",
        "{ $.a IS MISSING }",
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $.a = 1 $.b = 2 }",
        "{ $.a[x] = 1 }",
        "{ $.a = %(b)% }",
        "{ " + "(" * 50 + "$.a = 1" + ")" * 50 + " }",
        "[a, b",
        "[a, ..., b, ...]",
        "[a, a]",
        "[1a]",
        "[a > x]",
        'ERROR "open',
        "x" * 1025,
        "%[%",
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


@given(st.text(alphabet='{}[]()$.ab1*=!<>&|"% ,?-\\IS', max_size=30), st.text(max_size=30))
def test_any_text_is_a_pattern_or_refused(pattern: str, message: str) -> None:
    try:
        read = compiled(pattern)
    except PatternError:
        return
    read.match(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), JSON))
def test_a_property_exists_or_not_and_equals_itself(event: dict[str, object]) -> None:
    message = json.dumps(event)
    for name in "abc":
        assert matches(f"{{ $.{name} NOT EXISTS }}", message) is (name not in event)
        value = event.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            assert matches(f"{{ $.{name} = {value} }}", message)
            assert not matches(f"{{ $.{name} != {value} }}", message)
