"""Partition projection: partitions that only the table's properties know."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from athena_tables import Shop, open_shop


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("projection_shop")


def create(shop: Shop, name: str, partitions: str, properties: dict[str, str]) -> None:
    given = {"projection.enabled": "true", **properties}
    pairs = ", ".join(f"'{key}'='{value}'" for key, value in given.items())
    shop.run(
        f"CREATE EXTERNAL TABLE {name} (v BIGINT) PARTITIONED BY ({partitions}) STORED AS PARQUET "
        f"LOCATION 's3://{shop.bucket}/{name}/' TBLPROPERTIES ({pairs})"
    )


def test_enum_and_padded_integers_with_a_template(shop: Shop) -> None:
    shop.put_parquet("e/2019/view/07/a", {"v": [1]})
    shop.put_parquet("e/2019/cart/08/a", {"v": [2]})
    shop.put_parquet("e/2019/other/08/a", {"v": [3]})
    create(
        shop,
        "e",
        "year INT, kind STRING, day INT",
        {
            **{"projection.year.type": "integer", "projection.year.range": "2018,2020"},
            **{"projection.kind.type": "enum", "projection.kind.values": "view,cart"},
            **{"projection.day.type": "integer", "projection.day.range": "1,31"},
            "projection.day.digits": "2",
            "storage.location.template": f"s3://{shop.bucket}/e/${{year}}/${{kind}}/${{day}}/",
        },
    )
    assert shop.rows("SELECT v, year, kind, day FROM e ORDER BY v") == [
        ["1", "2019", "view", "7"],
        ["2", "2019", "cart", "8"],
    ]
    assert shop.rows("SELECT v FROM e WHERE kind = 'cart' AND day > 1") == [["2"]]
    assert shop.rows("SELECT v FROM e WHERE kind = 'other'") == []


def test_dates_up_to_now_in_hive_folders(shop: Shop) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    shop.put_parquet(f"d/dt={yesterday}/a", {"v": [1]})
    shop.put_parquet("d/dt=2031-01-01/a", {"v": [2]})
    types = {"projection.dt.type": "date", "projection.dt.format": "yyyy-MM-dd"}
    create(shop, "d", "dt STRING", {**types, "projection.dt.range": "NOW-3DAYS,NOW"})
    assert shop.rows("SELECT v, dt FROM d") == [["1", yesterday]]
    assert shop.rows("SELECT v FROM d WHERE dt < '2000-01-01'") == []


def test_an_injected_column_needs_equality(shop: Shop) -> None:
    shop.put_parquet("i/user=a7/a", {"v": [1]})
    create(shop, "i", "`user` STRING", {"projection.user.type": "injected"})
    assert shop.rows("SELECT v FROM i WHERE user = 'a7'") == [["1"]]
    assert shop.rows("SELECT v FROM i WHERE user IN ('a7', 'b8')") == [["1"]]
    reason = shop.fail("SELECT v FROM i")
    assert reason.startswith(
        "CONSTRAINT_VIOLATION: For the injected projected partition column user"
    )
    assert "CONSTRAINT_VIOLATION" in shop.fail("SELECT v FROM i WHERE user > 'a'")


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({}, "the following partition columns are missing projection configuration: [k]"),
        ({"projection.k.type": "enum"}, "property 'projection.k.values' is missing"),
        ({"projection.k.type": "integer"}, "property 'projection.k.range' is missing"),
        ({"projection.k.type": "integer", "projection.k.range": "1"}, "must be two values"),
        ({"projection.k.type": "odd"}, "is odd, not enum, integer, date or injected"),
        (
            {
                "projection.k.type": "date",
                "projection.k.format": "EEE",
                "projection.k.range": "a,b",
            },
            "'EEE' is not supported",
        ),
        (
            {
                **{"projection.k.type": "enum", "projection.k.values": "a"},
                "storage.location.template": "s3://projection-shop-bucket/all/",
            },
            "does not name the partition columns [k]",
        ),
    ],
)
def test_properties_that_are_missing_or_wrong(
    shop: Shop, properties: dict[str, str], reason: str
) -> None:
    create(shop, "bad", "k STRING", properties)
    failed = shop.fail("SELECT * FROM bad")
    assert failed.startswith("INVALID_TABLE_PROPERTY: ")
    assert reason in failed


@pytest.mark.parametrize(
    ("values", "folder", "value"),
    [("a, b", " b", " b"), ("a, b", "a", "a"), ("a,b ,c", "b ", "b "), (" a", " a", " a")],
)
def test_blanks_belong_to_the_values_of_an_enum(
    shop: Shop, values: str, folder: str, value: str
) -> None:
    shop.put_parquet(f"b/k={folder}/a", {"v": [1]})
    shop.put_parquet("b/k=b/a", {"v": [2]})
    create(shop, "b", "k STRING", {"projection.k.type": " enum ", "projection.k.values": values})
    assert shop.rows("SELECT v, '<' || k || '>' FROM b") == [["1", f"<{value}>"]]


@pytest.mark.parametrize(
    ("properties", "folder", "value"),
    [
        ({"type": "INTEGER ", "range": " 1 , 3 ", "interval": " 2 ", "digits": " 2 "}, "03", "3"),
        (
            {"type": " Date", "range": "2019-01-01 , 2019-01-03", "format": "yyyy-MM-dd"},
            "2019-01-02",
            "2019-01-02",
        ),
        ({"type": "date", "range": "2019-01,2019-03", "format": "yyyy-MM"}, "2019-02", "2019-02"),
        (
            {
                **{
                    "type": "date",
                    "range": "2019/01/01/00,2019/01/01/03",
                    "format": "yyyy/MM/dd/HH",
                },
                **{"interval": "1", "interval.unit": " hours "},
            },
            "2019/01/01/02",
            "2019/01/01/02",
        ),
        (
            {
                **{"type": "date", "range": "2018,2020", "format": "yyyy"},
                **{"interval": "1", "interval.unit": "YEARS"},
            },
            "2019",
            "2019",
        ),
    ],
)
def test_blanks_do_not_count_elsewhere_and_days_and_months_need_no_interval(
    shop: Shop, properties: dict[str, str], folder: str, value: str
) -> None:
    shop.put_parquet(f"n/k={folder}/a", {"v": [1]})
    kind = "INT" if value == "3" else "STRING"
    create(
        shop, "n", f"k {kind}", {f"projection.k.{key}": each for key, each in properties.items()}
    )
    assert shop.rows("SELECT v, k FROM n") == [["1", value]]


DAY = {"type": "date", "range": "2019-01-01,2019-01-03", "format": "yyyy-MM-dd"}


@pytest.mark.parametrize(
    ("properties", "key"),
    [
        ({"type": "date", "range": "2018,2020", "format": "yyyy"}, "interval.unit"),
        (
            {"type": "date", "range": "2018,2020", "format": "yyyy", "interval.unit": "YEARS"},
            "interval",
        ),
        (
            {"type": "date", "range": "2019/01/01/00,NOW", "format": "yyyy/MM/dd/HH"},
            "interval.unit",
        ),
        ({**DAY, "interval": "0"}, "interval"),
        ({**DAY, "interval.unit": "FORTNIGHTS"}, "interval.unit"),
        ({**DAY, "range": "2019-01-01"}, "range"),
        ({**DAY, "range": "2019/01/01,NOW"}, "range"),
        ({"type": "date", "range": "2019-01-01,NOW"}, "format"),
        ({"type": "integer", "range": "1-3"}, "range"),
        ({"type": "integer", "range": "1,x"}, "range"),
        ({"type": "integer", "range": "0,9223372036854775808"}, "range"),
        ({"type": "integer", "range": "1,3", "interval": "-1"}, "interval"),
        ({"type": "integer", "range": "1,3", "digits": "two"}, "digits"),
        ({"type": "enum"}, "values"),
        ({"type": "list", "values": "a"}, "type"),
    ],
)
def test_what_projection_refuses(shop: Shop, properties: dict[str, str], key: str) -> None:
    create(
        shop, "r", "k STRING", {f"projection.k.{name}": each for name, each in properties.items()}
    )
    reason = shop.fail("SELECT v FROM r")
    assert reason.startswith("INVALID_TABLE_PROPERTY: ")
    assert f"'projection.k.{key}'" in reason


WIDE_INTEGERS = {"type": "integer", "range": "-5,999999999999", "interval": "5"}
WIDE_DATES = {
    **{"type": "date", "range": "1900/01/01 00:00,2100/01/01 00:00", "format": "yyyy/MM/dd HH:mm"},
    **{"interval": "5", "interval.unit": "MINUTES"},
}


@pytest.mark.parametrize(
    ("kind", "properties", "condition", "kept"),
    [
        ("BIGINT", WIDE_INTEGERS, "k = 100000000000", ["100000000000"]),
        ("BIGINT", WIDE_INTEGERS, "k IN (100000000000, 15, 16)", ["15", "100000000000"]),
        ("BIGINT", WIDE_INTEGERS, "k BETWEEN 1 AND 17", ["15"]),
        ("BIGINT", WIDE_INTEGERS, "k < 2", ["-5"]),
        ("BIGINT", WIDE_INTEGERS, "k > 999999999999", []),
        ("STRING", WIDE_INTEGERS, "k = '15'", ["15"]),
        ("STRING", {**WIDE_INTEGERS, "digits": "13"}, "k IN ('0000000000015', '15')", []),
        ("STRING", WIDE_DATES, "k = '2019/10/01 00:05'", ["2019/10/01 00:05"]),
        (
            "STRING",
            WIDE_DATES,
            "k IN ('2019/10/01 00:05', '2019/10/01 00:06', 'x')",
            ["2019/10/01 00:05"],
        ),
    ],
)
def test_a_wide_range_is_read_where_the_query_narrows_it(
    shop: Shop, kind: str, properties: dict[str, str], condition: str, kept: list[str]
) -> None:
    folders = ["-5", "15", "16", "100000000000", "2019/10/01 00:05", "2019/10/01 00:06"]
    for folder in folders:
        shop.put_parquet(f"w/{folder}/a", {"v": [1]})
    given = {f"projection.k.{name}": each for name, each in properties.items()}
    given["storage.location.template"] = f"s3://{shop.bucket}/w/${{k}}/"
    create(shop, "w", f"k {kind}", given)
    assert shop.rows(f"SELECT k FROM w WHERE {condition} ORDER BY k") == [[each] for each in kept]


@pytest.mark.parametrize(
    ("kind", "properties", "condition"),
    [
        ("BIGINT", WIDE_INTEGERS, "k > 5"),
        ("STRING", WIDE_INTEGERS, "k > '5'"),
        ("STRING", WIDE_DATES, "k > '2100'"),
    ],
)
def test_too_many_projected_partitions_are_refused_and_none_is_left_out(
    shop: Shop, kind: str, properties: dict[str, str], condition: str
) -> None:
    given = {f"projection.k.{name}": each for name, each in properties.items()}
    create(shop, "w", f"k {kind}", given)
    reason = shop.fail(f"SELECT count(*) FROM w WHERE {condition}")
    assert reason.startswith("HIVE_EXCEEDED_PARTITION_LIMIT")


@pytest.mark.parametrize(
    ("properties", "condition", "kept"),
    [
        ({"format": "yyyy-MM-dd", "range": "2019-09-30,2019-10-31"}, "k = DATE '2019-10-03'", 1),
        (
            {
                **{"format": "yyyy-MM", "range": "2019-01,2020-12"},
                **{"interval": "2", "interval.unit": "MONTHS"},
            },
            "k IN ('2019-03', '2019-04', '2020-05')",
            2,
        ),
        (
            {
                **{"format": "yyyy-MM-dd", "range": "2019-01-31,2019-12-31"},
                **{"interval": "1", "interval.unit": "MONTHS"},
            },
            "k IN ('2019-02-28', '2019-03-28', '2019-04-30')",
            2,
        ),
    ],
)
def test_a_date_that_is_asked_for_must_be_on_a_step(
    shop: Shop, properties: dict[str, str], condition: str, kept: int
) -> None:
    place = f"s3://{shop.bucket}/one/${{k}}/"
    given = {f"projection.k.{name}": each for name, each in properties.items()}
    given |= {"projection.k.type": "date", "storage.location.template": place}
    create(shop, "s", f"k {'DATE' if 'DATE' in condition else 'STRING'}", given)
    for folder in ("2019-10-03", "2019-03", "2019-04", "2020-05"):
        shop.put_parquet(f"one/{folder}/a", {"v": [1]})
    for folder in ("2019-02-28", "2019-03-28", "2019-04-30"):
        shop.put_parquet(f"one/{folder}/a", {"v": [1]})
    assert shop.rows(f"SELECT count(*) FROM s WHERE {condition}") == [[str(kept)]]
