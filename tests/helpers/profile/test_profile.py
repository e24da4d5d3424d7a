"""The profile: columns as polars counts them, and a recipe that types as the lake does."""

import datetime
import io
from collections.abc import Iterator
from pathlib import Path

import boto3
import polars as pl
import pytest

from helpers.errors import InputError, MissingError
from helpers.events import EVENT, FIELDS
from helpers.ingest import partitions, upload
from helpers.paths import PROJECT
from helpers.profile import columns, databrew, months, recipe
from helpers.quality import rules
from helpers.raw import files
from support import lake, odd_months, roles
from support.shop import Shop, filled

REAL = PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
TEXTS = [column.name for column in EVENT if column.lake == "string"]
WHERE = databrew.Place("arn:aws:iam::000000000000:role/profiles", "profile-results")


@pytest.fixture(scope="module", autouse=True)
def aws(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=WHERE.bucket)
        roles.of_databrew("profiles")
        yield


@pytest.fixture(scope="module")
def shop(aws: None, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Two months, their brands in any script, an hour with nothing but nulls where it may."""
    folder = tmp_path_factory.mktemp("profile")
    days = [datetime.date(2019, 10, 30), datetime.date(2019, 11, 1), datetime.date(2019, 11, 2)]
    brands = ("שלום", "😀 brand", "بضاعة", "")
    odd_months.month(days, rows_a_day=150, brands=brands).write_csv(folder / "raw.csv")
    return filled("profile", folder / "raw.csv", folder / "staging")


def _november(shop: Shop) -> tuple[tuple[datetime.date, ...], pl.DataFrame]:
    return shop.days[1:], shop.events.filter(pl.col("event_time").dt.month() == 11)


def test_columns_are_counted_as_polars_counts_them(shop: Shop) -> None:
    days, events = _november(shop)
    found = columns.of_lake(days, **shop.place).set_index("column")
    raw = columns.of_raw(shop.days, **shop.place).set_index("column")
    assert list(raw.index) == list(FIELDS)
    for name in FIELDS:
        values = events[name].drop_nulls()
        got = found.loc[name]
        assert got["rows"] == events.height
        assert got["missing"] == events[name].null_count()
        assert got["distinct"] == values.n_unique()
        assert got["unique"] == values.is_unique().sum()
        assert got["entropy"] == pytest.approx(values.value_counts()["count"].entropy())
        numbers = values.str.len_chars() if values.dtype == pl.String else values
        if name == "event_time":
            numbers = values.dt.epoch("s")
        numbers = numbers.cast(pl.Float64)
        assert got["mean"] == pytest.approx(numbers.mean())
        if name == "category_id":  # of ids of 19 digits no double knows the last three
            continue
        assert got["deviation"] == pytest.approx(numbers.std(), abs=1e-6)
        for quantile, share in columns.QUANTILES.items():
            assert got[quantile] == pytest.approx(numbers.quantile(share, "linear")), quantile
        away = (numbers - numbers.mean()).abs()
        assert got["outliers"] == (away > 3 * numbers.std()).sum()
        often = values.value_counts().sort(["count", name], descending=[True, False])["count"][0]
        assert f"({often})" in got["top"]
    assert raw.loc["brand", "distinct"] == shop.events["brand"].drop_nulls().n_unique()


def test_raw_rows_are_found_by_their_own_month_in_whatever_file_they_lie(
    aws: None, tmp_path: Path
) -> None:
    stray = odd_months.month([datetime.date(2020, 1, 31)], rows_a_day=1)
    month = odd_months.month(odd_months.days(2), rows_a_day=40)
    broken = month.head(2).with_columns(event_time=pl.Series(["", "yesterday"]))
    pl.concat([stray, month, broken]).write_csv(tmp_path / "raw.csv")
    lake.prepare("strays", "strays")
    where = {"bucket": "strays", "database": "strays", "table": "user_activity"}
    upload.upload_raw(files.find(str(tmp_path / "raw.csv")), **where)
    october = columns.of_raw(odd_months.days(2), **where).set_index("column")
    january = columns.of_raw([datetime.date(2020, 1, 1)], **where).set_index("column")
    assert (october["rows"] == 82).all()  # those without a readable time are of the file's month
    assert october.loc["event_time", "missing"] == 1
    assert (january["rows"] == 1).all()
    [place] = partitions.locations("strays", "user_activity_raw")
    assert place == ("2019", "10")


def test_prices_fall_into_ranges_that_hold_all_of_them(shop: Shop) -> None:
    days, events = _november(shop)
    bins = columns.distribution("price", days, **shop.place)
    assert len(bins) == columns.BINS
    assert bins["events"].sum() == events.height
    first = events["price"].cast(float) < bins["high"].iloc[0]
    assert bins["events"].iloc[0] == first.sum()


def test_a_month_is_chosen_with_the_one_before_it(shop: Shop) -> None:
    chosen = months.choose("", "", **shop.place)
    assert chosen.days == (datetime.date(2019, 11, 1), datetime.date(2019, 11, 2))
    assert chosen.other == (datetime.date(2019, 10, 30), datetime.date(2019, 10, 30))
    assert months.choose("2019-10", "", **shop.place).other == ()
    with pytest.raises(InputError, match="it has 2019-10, 2019-11"):
        months.choose("2019-12", "", **shop.place)


@pytest.mark.parametrize("case", ["one row", "no brands"])
def test_one_row_and_a_column_of_nulls_are_profiled(case: str, shop: Shop, tmp_path: Path) -> None:
    brands = ("",) if case == "no brands" else odd_months.BRANDS
    rows = 1 if case == "one row" else 5
    odd_months.month(odd_months.days(1), rows_a_day=rows, brands=brands).write_csv(
        tmp_path / "raw.csv"
    )
    small = filled(f"small{rows}", tmp_path / "raw.csv", tmp_path / "staging")
    found = columns.of_lake(small.days, **small.place).set_index("column")
    assert (found["rows"] == rows).all()
    if case == "no brands":
        assert found.loc["brand", "missing"] == rows
        assert found.loc["brand", ["distinct", "unique", "outliers"]].tolist() == [0, 0, 0]
        assert found.loc["brand", "top"] is None
    else:
        assert found.loc["price", "p5"] == found.loc["price", "p95"]
        assert len(columns.distribution("price", small.days, **small.place)) == 1


def test_days_without_an_event_have_columns_without_a_value(shop: Shop) -> None:
    empty = [datetime.date(2020, 1, 1)]
    found = columns.of_lake(empty, **shop.place)
    assert (found["rows"] == 0).all()
    assert columns.distribution("price", empty, **shop.place).empty


def _made(name: str) -> pl.DataFrame:
    """What the recipe makes of a shop's raw table, without the rows' order."""
    databrew.put_table(f"{name}-raw", database=name, table="user_activity_raw")
    version = databrew.put_recipe("typing", recipe.steps())
    prefix = f"{databrew.PREFIX}{name}/"
    databrew.run_recipe(
        f"{name}-typing",
        dataset=f"{name}-raw",
        recipe="typing",
        version=version,
        where=WHERE,
        prefix=prefix,
    )
    s3 = boto3.client("s3")
    keys = s3.list_objects_v2(Bucket=WHERE.bucket, Prefix=prefix)["Contents"]
    bodies = [s3.get_object(Bucket=WHERE.bucket, Key=k["Key"])["Body"].read() for k in keys]
    return pl.concat([pl.read_parquet(io.BytesIO(body)) for body in bodies])


@pytest.fixture(scope="module")
def real(aws: None, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    if not REAL.exists():
        pytest.skip(f"the real rows {REAL.name} are not here")
    return filled("realrows", REAL, tmp_path_factory.mktemp("real"))


def _of_lake(name: str) -> pl.DataFrame:
    s3 = boto3.client("s3")
    listed = s3.list_objects_v2(Bucket=name, Prefix="ecomm_user_activity/")["Contents"]
    bodies = [s3.get_object(Bucket=name, Key=each["Key"])["Body"].read() for each in listed]
    return pl.concat([pl.read_parquet(io.BytesIO(body)) for body in bodies])


def _comparable(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of an event in one order and of one kind of time.

    An empty field of the raw table is an empty text there, and a null in the lake: DataBrew takes
    both for missing.
    """
    texts = [pl.col(name).cast(pl.String) for name in TEXTS]
    return frame.select(
        pl.col("event_time").dt.cast_time_unit("us"),
        pl.col("price").cast(pl.Decimal(10, 2)),
        pl.col("product_id", "category_id", "user_id"),
        *(pl.when(text != "").then(text) for text in texts),
    ).sort(pl.all())


def test_the_recipe_and_the_lake_type_the_real_rows_alike(real: Shop) -> None:
    made, own = _made(real.name), _of_lake(real.name)
    assert made.height == own.height == 17_434
    assert _comparable(made).rows() == _comparable(own).rows()
    assert made["hour"].to_list() == made["event_time"].dt.hour().to_list()
    first = made["category_code"].str.split(".").list.get(0).replace("", "(none)")
    assert made["category_code_1"].to_list() == first.to_list()


def test_the_profile_of_the_real_rows_has_their_known_answers(real: Shop) -> None:
    found = columns.of_lake(real.days, **real.place).set_index("column")
    assert found.loc["brand", "missing"] / 17_434 == pytest.approx(0.1421, abs=5e-5)
    assert found.loc["category_code", "missing"] / 17_434 == pytest.approx(0.3296, abs=5e-5)
    assert found.loc["user_id", "distinct"] == 4_504
    assert found.loc["user_session", "distinct"] == 5_066
    _made(real.name)
    dataset = databrew.put_files(
        "real-typed", bucket=WHERE.bucket, prefix=f"{databrew.PREFIX}{real.name}/"
    )
    ruleset = databrew.put_ruleset(rules.load("params/rules/events.yaml"), dataset)
    profile, report = databrew.run_profile(
        "real", dataset="real-typed", ruleset=ruleset, where=WHERE
    )
    assert (profile["sampleSize"], profile["duplicateRowsCount"]) == (17_434, 5)
    told = databrew.columns(profile).set_index("column")
    for name in set(told.index) & set(found.index):
        for what in ("missing", "distinct", "unique", "outliers"):
            assert told.loc[name, what] == found.loc[name, what], (name, what)
    assert report["rulesetResults"][0]["status"] == "SUCCEEDED"


def test_the_recipe_follows_from_the_table_of_an_event() -> None:
    changed = {
        step["Action"]["Parameters"]["sourceColumn"]
        for step in recipe.steps()
        if step["Action"]["Operation"] == "CHANGE_DATA_TYPE"
    }
    assert changed == {column.name for column in EVENT if column.lake != "string"}


def test_a_recipe_is_published_again_only_when_it_changed() -> None:
    steps = recipe.steps()
    assert databrew.put_recipe("again", steps) == "1.0"
    assert databrew.put_recipe("again", steps) == "1.0"
    assert databrew.put_recipe("again", steps[:-1]) == "2.0"


def test_a_job_that_fails_and_a_stage_that_is_not_there_are_said(shop: Shop) -> None:
    with pytest.raises(MissingError, match="ecommerce-nowhere-roles"):
        databrew.place("nowhere")
    databrew.put_files("nothing", bucket=WHERE.bucket, prefix="no/files/")
    ruleset = databrew.put_ruleset(
        rules.Rules(
            {
                "Name": "of-nothing",
                "Rules": [
                    {
                        "Name": "r",
                        "CheckExpression": "AGG(ROWS_COUNT) > :v",
                        "SubstitutionMap": {":v": "0"},
                    }
                ],
            },
            [],
        ),
        databrew._call(databrew.aws.client("databrew").describe_dataset, Name="nothing")[
            "ResourceArn"
        ],
    )
    with pytest.raises(InputError, match="no file with data at s3://profile-results/no/files/"):
        databrew.run_profile("of-nothing", dataset="nothing", ruleset=ruleset, where=WHERE)
