"""Profiles: the service's own document, and numbers that polars computes another way."""

import io
import json
import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from databrew_jobs import FULL, Brew, name

TOP = [
    "defaultProfileConfiguration",
    "datasetConfigurationOverride",
    "sampleSize",
    "duplicateRowsCount",
    "columns",
    "jobName",
    "jobRunId",
    "location",
    "startedOn",
    "writtenOn",
    "version",
]
_SHARED = [
    "columnConfigurationOverride",
    "distinctValuesCount",
    "uniqueValuesCount",
    "entropy",
    "mostCommonValues",
    "missingValuesCount",
]
BOOLEAN = ["name", "type", *_SHARED]
STRING = [
    *BOOLEAN,
    "max",
    "mean",
    "min",
    "standardDeviation",
    "median",
    "mode",
    "valueDistribution",
    "zScoreOutliersCount",
    "zScoreOutliersSample",
]
NUMERIC = [
    "name",
    "type",
    "correlations",
    *_SHARED,
    "kurtosis",
    "max",
    "mean",
    "min",
    "skewness",
    "standardDeviation",
    "sum",
    "zerosCount",
    "variance",
    "range",
    "percentile5",
    "percentile25",
    "percentile75",
    "percentile95",
    "median",
    "interquartileRange",
    "mode",
    "minimumValues",
    "maximumValues",
    "valueDistribution",
    "zScoreOutliersCount",
    "zScoreOutliersSample",
    "zScoreDistribution",
    "medianAbsoluteDeviation",
]
"""Keys in the order of a profile that the service wrote on 27 March 2024 (shared facts, 2.2); of
boolean columns none was seen."""


def _frame(rows: int = 3000) -> pl.DataFrame:
    dice = np.random.default_rng(7)
    return pl.DataFrame(
        {
            "id": dice.integers(-50, 4000, rows),
            "large": dice.integers(2**40, 2**41, rows),
            "price": np.round(dice.lognormal(4, 1.5, rows), 2),
            "brand": [None if n < 0.2 else f"brand{int(n * 90)}é" for n in dice.random(rows)],
            "seen": dice.random(rows) < 0.3,
        }
    )


@pytest.fixture
def frame() -> pl.DataFrame:
    return _frame()


def _csv(frame: pl.DataFrame) -> str:
    return frame.write_csv()


def _column(told: dict[str, Any], wanted: str) -> dict[str, Any]:
    return next(each for each in told["columns"] if each["name"] == wanted)


def test_the_document_has_the_services_keys_in_its_order(brew: Brew, frame: pl.DataFrame) -> None:
    dataset = brew.dataset_of_csv(_csv(frame))
    run = brew.run(brew.profile_job(dataset))
    key = run["Outputs"][0]["Location"]["Key"]
    told = json.loads(brew.read(key))
    assert list(told) == TOP
    assert [each["type"] for each in told["columns"]] == [
        "int",
        "bigint",
        "double",
        "string",
        "boolean",
    ]
    wanted = [NUMERIC, NUMERIC, NUMERIC, STRING, BOOLEAN]
    assert [list(each) for each in told["columns"]] == wanted
    assert key == f"profiles/{dataset}_{run['RunId'].removeprefix('db_')}.json"
    assert len(run["RunId"]) == 67


def test_numbers_are_those_that_polars_computes(brew: Brew, frame: pl.DataFrame) -> None:
    told = brew.profile(brew.dataset_of_csv(_csv(frame)))[0]
    assert told["sampleSize"] == frame.height
    assert told["duplicateRowsCount"] == frame.height - frame.unique().height
    for wanted in ("id", "large", "price"):
        values, got = frame[wanted], _column(told, wanted)
        numbers = {
            "distinctValuesCount": values.n_unique(),
            "uniqueValuesCount": values.is_unique().sum(),
            "entropy": values.value_counts()["count"].entropy(),
            "missingValuesCount": 0,
            "kurtosis": values.cast(float).kurtosis(),
            "max": values.max(),
            "mean": values.mean(),
            "min": values.min(),
            "skewness": values.cast(float).skew(),
            "standardDeviation": values.std(),
            "sum": values.sum(),
            "zerosCount": (values == 0).sum(),
            "variance": values.var(),
            "percentile5": values.quantile(0.05, "linear"),
            "percentile25": values.quantile(0.25, "linear"),
            "percentile75": values.quantile(0.75, "linear"),
            "percentile95": values.quantile(0.95, "linear"),
            "median": values.median(),
            "medianAbsoluteDeviation": (values.cast(float) - values.median()).abs().median(),
        }
        for key, value in numbers.items():
            assert got[key] == pytest.approx(value, rel=1e-9), (wanted, key)
        assert got["range"] == pytest.approx(got["max"] - got["min"])
        z = ((values - values.mean()) / values.std()).abs()
        assert got["zScoreOutliersCount"] == (z > 3).sum()
        for distribution in ("valueDistribution", "zScoreDistribution"):
            assert sum(each["count"] for each in got[distribution]) == frame.height
            assert len(got[distribution]) == 20
        least = values.value_counts().sort(wanted).head(5)
        assert [tuple(each.values()) for each in got["minimumValues"]] == least.rows()
    one, other = _column(told, "id")["correlations"], frame.select(pl.corr("id", "price")).item()
    assert one["price"] == pytest.approx(other)
    assert one["id"] == 1.0


def test_of_texts_the_lengths_are_counted_and_empty_ones_are_missing(
    brew: Brew, frame: pl.DataFrame
) -> None:
    got = _column(brew.profile(brew.dataset_of_csv(_csv(frame)))[0], "brand")
    brands = frame["brand"].drop_nulls()
    lengths = brands.str.len_chars()
    assert got["missingValuesCount"] == frame["brand"].null_count()
    assert got["distinctValuesCount"] == brands.n_unique()
    assert got["uniqueValuesCount"] == brands.is_unique().sum()
    assert got["entropy"] == pytest.approx(brands.value_counts()["count"].entropy())
    assert (got["min"], got["max"]) == (lengths.min(), lengths.max())
    assert got["mean"] == pytest.approx(lengths.mean())
    assert got["standardDeviation"] == pytest.approx(lengths.std())
    assert got["median"] == lengths.median()
    counts = brands.value_counts().sort(["count", "brand"], descending=[True, False])
    assert [tuple(each.values()) for each in got["mostCommonValues"]] == counts.head(50).rows()


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        # as the lengths and ids of a profile of the service are cut
        (range(7, 33), [*range(7, 23), 24, 26, 28, 30, "inf"]),
        (range(16, 34), [*range(16, 34), "inf"]),
        ([27, 65], [27, 28, *range(29, 64, 2), "inf"]),
        ([1, 9999997], [1, 500000, 999999, 1499998, 1999997, 2499997]),
    ],
)
def test_whole_numbers_are_cut_as_the_service_cuts_them(
    brew: Brew, values: list[int], edges: list[Any]
) -> None:
    text = "n\n" + "\n".join(map(str, values))
    bins = _column(brew.profile(brew.dataset_of_csv(text))[0], "n")["valueDistribution"]
    got = [bins[0]["bucket"][0], *(each["bucket"][1] for each in bins)]
    assert got[: len(edges)] == edges


def test_values_that_are_all_equal_have_one_range(brew: Brew) -> None:
    got = _column(brew.profile(brew.dataset_of_csv("n,m\n5,abc\n5,abc\n"))[0], "n")
    assert got["valueDistribution"] == [{"bucket": [5.0, 5.0], "count": 2}]
    assert (got["standardDeviation"], got["zScoreOutliersCount"]) == (0.0, 0)


def test_the_first_20000_rows_are_profiled_unless_all_are_asked_for(brew: Brew) -> None:
    dataset = brew.dataset_of_csv("n\n" + "\n".join(map(str, range(20_500))))
    job = name("sampled")
    brew.client.create_profile_job(
        Name=job,
        DatasetName=dataset,
        RoleArn=brew.role,
        OutputLocation={"Bucket": brew.bucket},
    )
    assert brew.client.describe_job(Name=job)["JobSample"] == {"Mode": "CUSTOM_ROWS", "Size": 20000}
    assert brew.run(job)["State"] == "SUCCEEDED"
    (key,) = (each for each in brew.listed() if each.endswith(".json"))
    assert b'"sampleSize": 20000' in brew.read(key)
    assert brew.profile(dataset, JobSample=FULL)[0]["sampleSize"] == 20_500
    sample = {"Mode": "CUSTOM_ROWS", "Size": 3}
    assert brew.profile(dataset, JobSample=sample)[0]["sampleSize"] == 3


def test_a_configuration_chooses_columns_statistics_and_parameters(
    brew: Brew, frame: pl.DataFrame
) -> None:
    given = {
        "ProfileColumns": [{"Regex": "pri.*"}, {"Name": "brand"}],
        "DatasetStatisticsConfiguration": {"IncludedStatistics": ["NONE"]},
        "ColumnStatisticsConfigurations": [
            {
                "Selectors": [{"Name": "price"}],
                "Statistics": {
                    "IncludedStatistics": ["MEAN", "VALUE_DISTRIBUTION"],
                    "Overrides": [
                        {"Statistic": "VALUE_DISTRIBUTION", "Parameters": {"binNumber": "4"}}
                    ],
                },
            }
        ],
    }
    told = brew.profile(brew.dataset_of_csv(_csv(frame)), Configuration=given)[0]
    assert "duplicateRowsCount" not in told
    assert [each["name"] for each in told["columns"]] == ["price", "brand"]
    price = told["columns"][0]
    assert list(price) == [
        "name",
        "type",
        "columnConfigurationOverride",
        "mean",
        "valueDistribution",
    ]
    assert len(price["valueDistribution"]) == 4


def test_columns_of_other_types_are_skipped(brew: Brew) -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"at": [1], "n": [2]}).with_columns(pl.col("at").cast(pl.Datetime("ms"))).select(
        "at", "n", pl.col("n").cast(pl.Decimal(10, 2)).alias("money")
    ).write_parquet(buffer)
    brew.put("types/part.parquet", buffer.getvalue())
    told = brew.profile(brew.dataset("types/", Format="PARQUET"))[0]
    assert [each["name"] for each in told["columns"]] == ["n"]


def test_what_is_no_number_is_missing_and_the_zero_below_zero_is_zero(brew: Brew) -> None:
    buffer = io.BytesIO()
    values = [1.5, math.nan, math.inf, -math.inf, -0.0, 0.0, None]
    pl.DataFrame({"x": values}).write_parquet(buffer)
    brew.put("odd/part.parquet", buffer.getvalue())
    got = _column(brew.profile(brew.dataset("odd/", Format="PARQUET"))[0], "x")
    assert (got["missingValuesCount"], got["distinctValuesCount"], got["zerosCount"]) == (4, 2, 2)
    assert got["sum"] == 1.5
    assert json.dumps([got["min"], got["mode"]]) == "[0.0, 0.0]"


@pytest.mark.parametrize(
    "text", ["a,b\n", "a,b\n1,x\n", "a,b\n,\n,\n", "שלום,😀 brand\n1,🛒🛒\n2,عربي\n"]
)
def test_no_row_one_row_nothing_but_nulls_and_any_name_are_profiled(brew: Brew, text: str) -> None:
    told = brew.profile(brew.dataset_of_csv(text))[0]
    header, *rows = text.splitlines()
    assert told["sampleSize"] == len(rows)
    assert [each["name"] for each in told["columns"]] == header.split(",")
    for each in told["columns"]:
        assert each["missingValuesCount"] + sum(
            v["count"] for v in each["mostCommonValues"]
        ) == len(rows)


def test_numbers_beyond_what_a_double_holds_keep_their_digits(brew: Brew) -> None:
    big = 2053013555631882655
    got = _column(brew.profile(brew.dataset_of_csv(f"id\n{big}\n{big}\n3\n"))[0], "id")
    assert got["max"] == big
    assert got["sum"] == 2 * big + 3
    assert got["mostCommonValues"][0] == {"value": big, "count": 2}
    assert math.isclose(got["percentile95"], big)


@pytest.mark.parametrize("most", [1e200, 1e308])
def test_numbers_whose_squares_overflow_are_profiled(brew: Brew, most: float) -> None:
    text = f"x\n{-most!r}\n-1.5\n{most!r}\n"
    got = _column(brew.profile(brew.dataset_of_csv(text))[0], "x")
    assert (got["min"], got["max"], got["median"]) == (-most, most, -1.5)
    assert got["standardDeviation"] is None  # it is no number that JSON has
    assert sum(each["count"] for each in got["valueDistribution"]) == 3
    assert got["zScoreOutliersCount"] == 0


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('a,b\n"x\ny",1\n"c,""d",2\n', {"a": ["x\ny", 'c,"d'], "b": [1, 2]}),
        ("a,b\n1,2,3\n4\n", {"a": [1, 4], "b": [2]}),
        ("a,A,b\n1,2,3\n", {"a0": [1], "A1": [2], "b": [3]}),
        ("a,\r\n1,2\r\n", {"a": [1], "Column_2": [2]}),
        ("\ufeffa\n1\n", {"a": [1]}),
        (b"a\ncaf\xe9\n", {"a": ["caf\ufffd"]}),
        ('"two\nlines"\n1\n', {"two lines": [1]}),
    ],
)
def test_lines_are_read_as_spark_reads_them(
    brew: Brew, text: str | bytes, columns: dict[str, list[Any]]
) -> None:
    told = brew.profile(brew.dataset_of_csv(text))[0]
    found = {
        each["name"]: {value["value"] for value in each["mostCommonValues"]}
        for each in told["columns"]
    }
    assert found == {name: set(values) for name, values in columns.items()}
