"""JSON tables: the options of the two SerDes, and what they make of odd lines and values."""

from collections.abc import Iterator

import pytest

from athena_tables import Shop, open_shop

OPENX = "org.openx.data.jsonserde.JsonSerDe"
HCATALOG = "org.apache.hive.hcatalog.data.JsonSerDe"


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("json_shop")


def table(shop: Shop, columns: str, serde: str, line: str, properties: dict[str, str]) -> None:
    shop.put("j/a.json", f"{line}\n".encode())
    pairs = ", ".join(f"'{key}'='{value}'" for key, value in properties.items())
    more = f"WITH SERDEPROPERTIES ({pairs})" if pairs else ""
    shop.run(
        f"CREATE EXTERNAL TABLE j ({columns}) ROW FORMAT SERDE '{serde}' {more} "
        f"LOCATION 's3://{shop.bucket}/j/'"
    )


@pytest.mark.parametrize(
    ("columns", "line", "key"),
    [
        ("url STRING", '{"URL": "a", "Url": "b"}', "url"),
        ("n INT", '{"n": 1, "n": 2}', "n"),
        ("n INT", '{"other": 1, "OTHER": 2, "n": 3}', "other"),
        ("s STRUCT<x:INT>", '{"s": {"x": 1, "X": 2}}', "x"),
        ("a ARRAY<STRUCT<x:INT>>", '{"a": [{"x": 1}, {"x": 1, "x": 2}]}', "x"),
        ("m MAP<STRING,INT>", '{"m": {"k": 1, "K": 2}}', "k"),
    ],
)
def test_a_key_twice_in_an_object_fails(shop: Shop, columns: str, line: str, key: str) -> None:
    table(shop, columns, OPENX, line, {})
    expected = f'Row is not a valid JSON Object - JSONException: Duplicate key "{key}"'
    assert shop.fail("SELECT * FROM j") == f"HIVE_CURSOR_ERROR: {expected}"


@pytest.mark.parametrize(
    ("columns", "properties", "line", "row"),
    [
        ("url STRING", {"ignore.malformed.json": "true"}, '{"URL": 1, "Url": 2}', [None]),
        ("n INT", {"ignore.malformed.json": "TRUE"}, '{"n": 1', [None]),
        ("n INT", {}, "text", [None]),
        ("a INT, b STRING", {}, '[7, "x"]', ["7", "x"]),
        ("a_b INT", {"dots.in.keys": "true"}, '{"a.b": 7}', ["7"]),
        ("a_b INT", {"ConvertDotsInJsonKeysToUnderscores": "TRUE"}, '{"A.B": 7}', ["7"]),
        ("s STRUCT<a_b:INT>", {"dots.in.keys": "true"}, '{"s": {"a.b": 7}}', ["{a_b=7}"]),
        ("a_b INT", {}, '{"a.b": 7}', [None]),
        ("ts STRING", {"mapping.ts": "Timestamp"}, '{"timestamp": "x"}', ["x"]),
        (
            "url STRING, other STRING",
            {"case.insensitive": "false", "mapping.other": "Url"},
            '{"url": "a", "Url": "b"}',
            ["a", "b"],
        ),
        ("url STRING", {"case.insensitive": "false"}, '{"URL": "a"}', [None]),
        (
            "n INT, s STRING",
            {"use.null.for.invalid.data": "true"},
            '{"n": "x", "s": 1}',
            [None, "1"],
        ),
        ("a ARRAY<INT>, b ARRAY<INT>", {}, '{"a": 7, "b": ""}', ["[7]", None]),
        ("m MAP<STRING,INT>", {}, '{"m": {"aB": 1, "C": 2}}', ["{ab=1, c=2}"]),
        ("m MAP<STRING,INT>", {"case.insensitive": "false"}, '{"m": {"aB": 1}}', ["{aB=1}"]),
        ("s STRUCT<x:INT,y:STRING,z:INT>", {}, '{"s": [1, "b"]}', ["{x=1, y=b, z=null}"]),
        ("a ARRAY<STRUCT<x:INT>>", {}, '{"a": [[1], {"x": 2}]}', ["[{x=1}, {x=2}]"]),
        ("a BOOLEAN, b BOOLEAN", {}, '{"a": "True", "b": "yes"}', ["true", "false"]),
        (
            "a TIMESTAMP, b TIMESTAMP, c TIMESTAMP",
            {},
            '{"a": 1577000000123, "b": 1577000000, "c": "1577000000.5"}',
            ["2019-12-22 07:33:20.123", "2019-12-22 07:33:20.000", "2019-12-22 07:33:20.500"],
        ),
        (
            "a TIMESTAMP, b TIMESTAMP, c TIMESTAMP",
            {},
            '{"a": "2019-12-22T07:33:20Z", "b": "2019-12-22T07:33:20.5+02:00", '
            '"c": "2019-12-22 07:33:20"}',
            ["2019-12-22 07:33:20.000", "2019-12-22 05:33:20.500", "2019-12-22 07:33:20.000"],
        ),
        (
            "a TIMESTAMP",
            {"timestamp.formats": "dd/MM/yyyy HH:mm"},
            '{"a": "24/12/2019 18:30"}',
            ["2019-12-24 18:30:00.000"],
        ),
    ],
)
def test_options_of_openx_steer_its_reading(
    shop: Shop, columns: str, properties: dict[str, str], line: str, row: list[str | None]
) -> None:
    table(shop, columns, OPENX, line, properties)
    assert shop.rows("SELECT * FROM j") == [row]


@pytest.mark.parametrize(
    ("columns", "properties", "line", "row"),
    [
        (
            "a TIMESTAMP, b TIMESTAMP",
            {"timestamp.formats": "yyyy-MM-dd\\'T\\'HH:mm:ss.SSS\\'Z\\',yyyy-MM-dd\\'T\\'HH:mm"},
            '{"a": "2019-12-24T18:30:00.250Z", "b": "2019-12-24T18:30"}',
            ["2019-12-24 18:30:00.250", "2019-12-24 18:30:00.000"],
        ),
        ("n INT, s STRING", {}, '{"N": 1, "S": "x"}', ["1", "x"]),
        ("n INT, m MAP<STRING,INT>", {}, '{"n": 1.9, "m": {"K": 1}}', ["1", "{K=1}"]),
        ("n INT", {"ignore.malformed.json": "true"}, '{"n": 1', [None]),
    ],
)
def test_options_of_hives_serde_steer_its_reading(
    shop: Shop, columns: str, properties: dict[str, str], line: str, row: list[str | None]
) -> None:
    table(shop, columns, HCATALOG, line, properties)
    assert shop.rows("SELECT * FROM j") == [row]


@pytest.mark.parametrize("serde", [OPENX, HCATALOG])
def test_a_number_is_no_time_for_hives_serde_and_text_no_number_for_either(
    shop: Shop, serde: str
) -> None:
    table(shop, "n INT, t TIMESTAMP", serde, '{"n": "x", "t": 1577000000123}', {})
    assert shop.fail("SELECT n FROM j").startswith("HIVE_BAD_DATA: Error parsing field value 'x'")
    if serde == HCATALOG:
        assert shop.fail("SELECT t FROM j").startswith("HIVE_BAD_DATA")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"n": "5"}', "HIVE_BAD_DATA: Error parsing field value '5' for field n"),
        ('{"n": 3000000000}', "HIVE_BAD_DATA: Error parsing field value '3000000000'"),
        ("", "HIVE_CURSOR_ERROR: Row is not a valid JSON Object"),
        ("[1]", "HIVE_CURSOR_ERROR: Row is not a valid JSON Object"),
    ],
)
def test_hives_serde_takes_no_number_in_quotes_and_no_line_without_an_object(
    shop: Shop, line: str, message: str
) -> None:
    table(shop, "n INT", HCATALOG, line, {})
    assert shop.fail("SELECT n FROM j").startswith(message)
