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
