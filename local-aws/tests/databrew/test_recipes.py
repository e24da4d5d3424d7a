"""Recipes: what each step makes of real rows, versions, and what is refused."""

import datetime as dt
import gzip
import io
import json
from typing import Any

import polars as pl
import pytest
from botocore.exceptions import ClientError

from databrew_jobs import Brew, step

FIRST = dt.datetime(2019, 10, 1, 0, 0, 5)
DATA = (
    "time,code,price,brand\n"
    "2019-10-01 00:00:05 UTC,electronics.smartphone,10.50,samsung\n"
    "2019-10-06 13:30:00 UTC,a.b.c.d,0,\n"
    "never,,cheap,שלום 😀\n"
)


def _made(brew: Brew, *steps: dict[str, Any], text: str = DATA) -> pl.DataFrame:
    job = brew.recipe_job(brew.dataset_of_csv(text), brew.recipe(*steps))
    told = brew.run(job)
    assert told["State"] == "SUCCEEDED", told
    (key,) = brew.listed(f"{job}/")
    assert key == f"{job}/{job}_part00000.parquet"
    return pl.read_parquet(io.BytesIO(brew.read(key)))


def test_types_levels_dates_and_labels_are_made_in_the_order_of_the_steps(brew: Brew) -> None:
    made = _made(
        brew,
        step("CHANGE_DATA_TYPE", sourceColumn="time", columnDataType="timestamp"),
        step("CHANGE_DATA_TYPE", sourceColumn="price", columnDataType="double"),
        step("SPLIT_COLUMN_SINGLE_DELIMITER", sourceColumn="code", pattern=".", limit="2"),
        step("YEAR", sourceColumn="time", targetColumn="year"),
        step("HOUR", sourceColumn="time", targetColumn="hour"),
        step("WEEK_DAY", sourceColumn="time", targetColumn="weekday"),
        step("FILL_WITH_CUSTOM", sourceColumn="brand", columnDataType="string", value="unknown"),
        step("FILL_WITH_CUSTOM", sourceColumn="code_1", columnDataType="string", value="none"),
        step("RENAME", sourceColumn="price", targetColumn="cost"),
        step("DELETE", sourceColumns='["code"]'),
    )
    assert made.columns == [
        "time",
        "weekday",
        "hour",
        "year",
        "code_1",
        "code_2",
        "code_3",
        "cost",
        "brand",
    ]
    assert made.rows() == [
        (FIRST, 2, 0, 2019, "electronics", "smartphone", None, 10.5, "samsung"),
        (dt.datetime(2019, 10, 6, 13, 30), 7, 13, 2019, "a", "b", "c.d", 0.0, "unknown"),
        (None, None, None, None, "none", None, None, None, "שלום 😀"),
    ]


def test_every_type_is_cast_and_what_cannot_be_is_null(brew: Brew) -> None:
    kinds = ["byte", "short", "int", "long", "float", "double", "decimal", "string", "boolean"]
    text = "".join(f"{kind}," for kind in kinds) + "date\n"
    text += "300,70000,2.9,-7.9,x,1e3,1.25,007,true,2019-10-01 23:59:59\n"
    text += "5,6,7,8,9.5,1,2,x,maybe,not a day\n"
    made = _made(
        brew,
        *(step("CHANGE_DATA_TYPE", sourceColumn=k, columnDataType=k) for k in (*kinds, "date")),
        text=text,
    )
    assert made.drop("decimal").rows() == [
        (None, None, 2, -7, None, 1000.0, "007", True, dt.date(2019, 10, 1)),
        (5, 6, 7, 8, 9.5, 1.0, "x", None, None),
    ]
    assert [float(each) for each in made["decimal"]] == [1.25, 2.0]


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({"Condition": "IS_MISSING", "TargetColumn": "brand"}, [1, 3]),
        ({"Condition": "IS", "Value": '["lg"]', "TargetColumn": "brand"}, [1, 2]),
        ({"Condition": "IS_NOT", "Value": "lg", "TargetColumn": "brand"}, [2, 3]),
        ({"Condition": "LESS_THAN", "Value": "2", "TargetColumn": "id"}, [2, 3]),
        ({"Condition": "GREATER_THAN_EQUAL", "Value": "2", "TargetColumn": "id"}, [1]),
        ({"Condition": "IS_BETWEEN", "Value": '["1","2"]', "TargetColumn": "id"}, [3]),
        ({"Condition": "STARTS_WITH", "Value": "sam", "TargetColumn": "brand"}, [2, 3]),
        ({"Condition": "NOT_CONTAINS", "Value": "l", "TargetColumn": "brand"}, [2, 3]),
    ],
)
def test_rows_that_fulfil_a_condition_are_removed(
    brew: Brew, condition: dict[str, str], left: list[int]
) -> None:
    text = "id,brand\n1,samsung\n2,\n3,lg\n"
    made = _made(brew, step("REMOVE_VALUES", condition, sourceColumn="id"), text=text)
    assert made["id"].to_list() == left


def test_duplicates_of_rows_and_of_values_go(brew: Brew) -> None:
    text = "a,b\n1,x\n1,x\n1,y\n"
    assert sorted(_made(brew, step("DELETE_DUPLICATE_ROWS"), text=text).rows()) == [
        (1, "x"),
        (1, "y"),
    ]
    assert len(_made(brew, step("REMOVE_DUPLICATES", sourceColumn="a"), text=text)) == 1


def test_a_step_on_a_column_that_is_not_there_fails_the_run_and_writes_nothing(brew: Brew) -> None:
    recipe = brew.recipe(
        step("RENAME", sourceColumn="brand", targetColumn="make"),
        step("DELETE", sourceColumns='["brand"]'),
    )
    job = brew.recipe_job(brew.dataset_of_csv(DATA), recipe)
    told = brew.run(job)
    assert told["State"] == "FAILED"
    assert told["ErrorMessage"] == "Step 2 of the recipe, DELETE: there is no column brand."
    assert not brew.listed(f"{job}/")


@pytest.mark.parametrize(
    "lines",
    [[], ["2019-10-01 00:00:05 UTC,a.b,1.5,x"], [",,,", ",,,"], ["0,\U0001f6d2.\u05e9,nan,x"]],
    ids=["no row", "one row", "nothing but nulls", "odd values"],
)
def test_a_recipe_makes_its_columns_of_whatever_rows_there_are(
    brew: Brew, lines: list[str]
) -> None:
    made = _made(
        brew,
        step("CHANGE_DATA_TYPE", sourceColumn="time", columnDataType="timestamp"),
        step("CHANGE_DATA_TYPE", sourceColumn="price", columnDataType="double"),
        step("HOUR", sourceColumn="time", targetColumn="hour"),
        step("SPLIT_COLUMN_SINGLE_DELIMITER", sourceColumn="code", pattern=".", limit="1"),
        step("FILL_WITH_CUSTOM", sourceColumn="code_1", columnDataType="string", value="(none)"),
        text="\n".join(["time,code,price,brand", *lines, ""]),
    )
    assert made.columns == ["time", "hour", "code", "code_1", "code_2", "price", "brand"]
    assert made.height == len(lines)
    kinds = [made.schema[name] for name in ("time", "hour", "price", "code_2")]
    assert kinds == [pl.Datetime("us"), pl.Int32, pl.Float64, pl.String]
    labels = ["(none)" if not line.split(",")[1] else line[line.index(",") + 1 :] for line in lines]
    assert made["code_1"].to_list() == [label.split(".")[0] for label in labels]


def test_a_label_that_is_not_of_the_columns_type_fails_the_run(brew: Brew) -> None:
    label = step("FILL_WITH_CUSTOM", sourceColumn="n", columnDataType="number", value="none")
    told = brew.run(brew.recipe_job(brew.dataset_of_csv("n,m\n1,1\n,2\n"), brew.recipe(label)))
    assert told["State"] == "FAILED"
    assert "'none'" in told["ErrorMessage"]


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (step("PIVOT", sourceColumn="a"), "NotImplementedException", "recipe step PIVOT"),
        (step("RENAME", sourceColumn="a"), "ValidationException", "needs targetColumn"),
        (step("DELETE", sourceColumns="a"), "ValidationException", "JSON text"),
        (step("DELETE", sourceColumns="[]"), "ValidationException", "JSON text"),
        (step("YEAR", targetColumn="y"), "ValidationException", "either a sourceColumn or"),
        (
            step("CHANGE_DATA_TYPE", sourceColumn="a", columnDataType="money"),
            "ValidationException",
            "columnDataType",
        ),
        (
            step("SPLIT_COLUMN_SINGLE_DELIMITER", sourceColumn="a", pattern=".", limit="21"),
            "ValidationException",
            "1 to 20",
        ),
        (
            step("SPLIT_COLUMN_SINGLE_DELIMITER", sourceColumn="a", pattern=".", limit="\u00b2"),
            "ValidationException",
            "1 to 20",
        ),
        (step("RENAME", sourceColumn="a", targetColumn="b", no="c"), "ValidationException", "no"),
        (step("REMOVE_VALUES", sourceColumn="a"), "ValidationException", "ConditionExpressions"),
    ],
)
def test_a_step_that_cannot_be_carried_out_is_refused_by_name(
    brew: Brew, wrong: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refused:
        brew.client.create_recipe(Name="wrong", Steps=[wrong])
    assert refused.value.response["Error"]["Code"] == code


def test_a_job_runs_what_is_published_and_versions_stay_as_they_were(brew: Brew) -> None:
    client, one = brew.client, step("RENAME", sourceColumn="a", targetColumn="one")
    client.create_recipe(Name="versions", Steps=[one])
    dataset = brew.dataset_of_csv("a\n1\n")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="LATEST_PUBLISHED"):
        brew.recipe_job(dataset, "versions")
    client.publish_recipe(Name="versions", Description="the first")
    client.update_recipe(Name="versions", Steps=[one, one])
    client.publish_recipe(Name="versions")
    found = client.list_recipe_versions(Name="versions")["Recipes"]
    assert [(each["RecipeVersion"], len(each["Steps"])) for each in found] == [
        ("1.0", 1),
        ("2.0", 2),
    ]
    described = client.describe_recipe(Name="versions", RecipeVersion="1.0")
    assert (described["Description"], described["Steps"]) == ("the first", [one])
    assert client.describe_recipe(Name="versions")["RecipeVersion"] == "2.0"
    job = brew.recipe_job(dataset, "versions")
    assert client.describe_job(Name=job)["RecipeReference"]["RecipeVersion"] == "2.0"
    with pytest.raises(client.exceptions.ConflictException, match=job):
        client.delete_recipe_version(Name="versions", RecipeVersion="2.0")
    told = client.batch_delete_recipe_version(
        Name="versions", RecipeVersions=["LATEST_WORKING", "1.0", "7.0"]
    )
    assert [each["RecipeVersion"] for each in told["Errors"]] == ["7.0", "LATEST_WORKING"]


def test_outputs_have_their_format_partitions_and_names(brew: Brew) -> None:
    text = "id,kind\n1,a\n2,b\n3,a\n"
    dataset = brew.dataset_of_csv(text)
    recipe = brew.recipe(step("CHANGE_DATA_TYPE", sourceColumn="id", columnDataType="long"))
    job = brew.recipe_job(dataset, recipe, Format="CSV", CompressionFormat="GZIP", Overwrite=False)
    told = brew.run(job)
    (key,) = brew.listed(f"{job}/")
    assert told["Outputs"][0]["Location"]["Key"] == key.rpartition("/")[0] + "/"
    stem = key.removeprefix(f"{job}/").partition("/")[0]
    assert key == f"{job}/{stem}/{stem}_part00000.csv.gz"
    started = told["StartedOn"].astimezone(dt.UTC)
    assert stem == f"{job}_{started:%d%b%Y}_{round(started.timestamp() * 1000)}"
    assert gzip.decompress(brew.read(key)).decode() == text
    job = brew.recipe_job(dataset, recipe, Format="JSON", PartitionColumns=["kind"])
    assert brew.run(job)["State"] == "SUCCEEDED"
    assert brew.run(job)["State"] == "SUCCEEDED"  # and again, over what is there
    keys = brew.listed(f"{job}/")
    assert [key.split("/")[1] for key in keys] == ["kind=a", "kind=b"]
    rows = [json.loads(line) for line in brew.read(keys[0]).splitlines()]
    assert sorted(each["id"] for each in rows) == [1, 3]
