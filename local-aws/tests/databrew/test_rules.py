"""Rules: what CreateRuleset takes and refuses, and what a profile job says of them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from databrew_jobs import Brew
from local_aws.databrew.rules import parse
from local_aws.databrew.rules.nodes import RuleError

DATA = "id,price,brand,name\n1,5,samsung,samsung tv\n2,0,,lg tv\n3,-2,lg,lg phone\n4,8,lg,lg\n"
REPORT = [
    "sampleSize",
    "rulesetResults",
    "jobName",
    "jobRunId",
    "location",
    "startedOn",
    "writtenOn",
    "version",
]


def _rule(expression: str, /, **given_: Any) -> dict[str, Any]:
    values = given_.pop("values", {})
    rule = {"Name": expression, "CheckExpression": expression, **given_}
    return rule | ({"SubstitutionMap": values} if values else {})


def _threshold(value: float, unit: str = "PERCENTAGE") -> dict[str, Any]:
    return {"Value": value, "Type": "GREATER_THAN_OR_EQUAL", "Unit": unit}


def test_the_report_has_the_services_keys_in_its_order(brew: Brew) -> None:
    dataset = brew.dataset_of_csv(DATA)
    ruleset = brew.ruleset(
        dataset,
        _rule(
            ":c > :v",
            values={":c": "`price`", ":v": "0"},
            Threshold=_threshold(100),
            Disabled=False,
        ),
        _rule(
            "AGG(MISSING_VALUES_COUNT) == :v",
            values={":v": "0"},
            ColumnSelectors=[{"Name": "id"}, {"Regex": "br.*"}],
        ),
        _rule("AGG(ROWS_COUNT) > :v", values={":v": "9"}, Disabled=True),
        Description="of a shop",
    )
    report = brew.profile(dataset, ruleset)[1]
    assert list(report) == REPORT
    assert report["location"].endswith("_dq-validation-report.json")
    (result,) = report["rulesetResults"]
    order = ["name", "description", "arn", "lastModifiedDate", "ruleResults", "status"]
    assert list(result) == order
    of_rows, of_columns = result["ruleResults"]  # the disabled one is not validated
    assert list(of_rows) == ["name", "definition", "failedCount", "status"]
    keys = ["Name", "Disabled", "CheckExpression", "SubstitutionMap"]
    assert list(of_rows["definition"]) == [*keys, "Threshold"]
    assert list(of_rows["definition"]["Threshold"]) == ["Type", "Unit", "Value"]
    assert list(of_columns["definition"]) == [*keys, "ColumnSelectors"]
    assert of_columns["columnResults"] == [
        {"name": "id", "status": "SUCCEEDED"},
        {"name": "brand", "status": "FAILED"},
    ]
    assert (of_rows["failedCount"], of_rows["status"]) == (2, "FAILED")
    assert result["status"] == "FAILED"


ON_ROWS = [
    (":c IN :l", {":c": "`brand`", ":l": '["lg","samsung"]'}, 1),
    (":c NOT IN :l", {":c": "`brand`", ":l": '["lg"]'}, 3),
    (":c in :l", {":c": "`id`", ":l": "[1, 4]"}, 2),
    (":c == :v", {":c": "`price`", ":v": "0"}, 3),
    (":c != :v", {":c": "`price`", ":v": "0"}, 1),
    (":c <= :d", {":c": "`id`", ":d": "`price`"}, 2),
    (":c is_between :a AND :b", {":c": "`price`", ":a": "0", ":b": "5"}, 2),
    (":c IS BETWEEN :a and :b", {":c": "`price`", ":a": "0", ":b": "5"}, 2),
    (":c STARTS_WITH :d", {":c": "`name`", ":d": "`brand`"}, 1),
    (":c starts_with :v", {":c": "`name`", ":v": "lg"}, 1),
    (":c NOT STARTS_WITH :v", {":c": "`name`", ":v": "lg"}, 3),
    (":c ENDS_WITH :v", {":c": "`name`", ":v": "tv"}, 2),
    (":c contains :v", {":c": "`name`", ":v": "ph"}, 3),
    (":c equals :v", {":c": "`name`", ":v": "lg"}, 3),
    (":c matches :v", {":c": "`name`", ":v": "^lg (tv|phone)$"}, 2),
    ("length(:c) >= :v", {":c": "`name`", ":v": "5"}, 1),
    ("LENGTH(:c) IS_BETWEEN :a AND :b", {":c": "`brand`", ":a": "2", ":b": "2"}, 2),
    ("(:c > :v or :d starts_with :t)", {":c": "`price`", ":v": "0", ":d": "`name`", ":t": "lg"}, 0),
    (":c > :v and :d starts_with :t", {":c": "`price`", ":v": "0", ":d": "`name`", ":t": "lg"}, 3),
]


def test_rows_are_tested_as_each_condition_says(brew: Brew) -> None:
    rules = [_rule(text, values=values) for text, values, _ in ON_ROWS]
    found = brew.judged(DATA, *rules)
    assert [(each["name"], each["failedCount"]) for each in found] == [
        (text, failed) for text, _, failed in ON_ROWS
    ]
    assert [each["status"] for each in found] == [
        "FAILED" if failed else "SUCCEEDED" for _, _, failed in ON_ROWS
    ]


AGGREGATES = [
    ("ROWS_COUNT", 4),
    ("COLUMNS_COUNT", 4),
    ("DUPLICATE_ROWS_COUNT", 0),
    ("DUPLICATE_ROWS_PERCENTAGE", 0),
    ("`brand`, MISSING_VALUES_COUNT", 1),
    ("`brand`, MISSING_VALUES_PERCENTAGE", 25),
    ("`brand`, VALID_VALUES_COUNT", 3),
    ("`brand`, DISTINCT_VALUES_COUNT", 2),
    ("`brand`, UNIQUE_VALUES_PERCENTAGE", 25),
    ("`brand`, DUPLICATE_VALUES_COUNT", 1),
    ("`brand`, MAX", 7),
    ("`price`, MIN", -2),
    ("`price`, MAX", 8),
    ("`price`, SUM", 11),
    ("`price`, MEAN", 2.75),
    ("`price`, MEDIAN", 2.5),
    ("`price`, Z_SCORE_OUTLIERS_COUNT", 0),
]


def test_aggregates_have_the_profiles_values(brew: Brew) -> None:
    rules = []
    for what, value in AGGREGATES:
        column, _, statistic = what.rpartition(", ")
        text = f"AGG({':c, ' if column else ''}{statistic}) == :v"
        values = {":v": str(value)} | ({":c": column} if column else {})
        rules.append(_rule(text, values=values) | {"Name": what})
    quantile = {":c": "`price`", ":q": "0.75", ":v": "5.75"}
    rules.append(_rule("AGG(:c, QUANTILE, :q) == :v", values=quantile))
    found = brew.judged(DATA, *rules)
    assert {each["name"]: each["status"] for each in found} == {
        rule["Name"]: "SUCCEEDED" for rule in rules
    }


def test_a_threshold_says_how_many_rows_are_enough(brew: Brew) -> None:
    values = {":c": "`price`", ":v": "0"}  # two of four rows
    cases = {
        "50 %": _threshold(50),
        "51 %": _threshold(51),
        "2": _threshold(2, "COUNT"),
        "3": _threshold(3, "COUNT"),
        "less than 3": {"Value": 3, "Type": "LESS_THAN", "Unit": "COUNT"},
        "more than 50 %": {"Value": 50, "Type": "GREATER_THAN", "Unit": "PERCENTAGE"},
    }
    rules = [
        _rule(":c > :v", values=values, Threshold=limit) | {"Name": what}
        for what, limit in cases.items()
    ]
    found = {each["name"]: each["status"] for each in brew.judged(DATA, *rules)}
    assert found == {
        "50 %": "SUCCEEDED",
        "51 %": "FAILED",
        "2": "SUCCEEDED",
        "3": "FAILED",
        "less than 3": "SUCCEEDED",
        "more than 50 %": "FAILED",
    }


def test_what_cannot_be_held_against_the_data_is_an_error_of_that_rule_alone(brew: Brew) -> None:
    found = brew.judged(
        DATA,
        _rule(":c > :v", values={":c": "`gone`", ":v": "0"}),
        _rule(":c >= :v", values={":c": "`name`", ":v": "0"}),
        _rule("> :v", values={":v": "0"}, ColumnSelectors=[{"Regex": "no such.*"}]),
        _rule(":c IN :v", values={":c": "`price`", ":v": '["cheap"]'}),
        _rule(":c in :v", values={":c": "`price`", ":v": "[true]"}),
        _rule("AGG(ROWS_COUNT) == :v", values={":v": "4"}),
    )
    assert [each["status"] for each in found] == ["ERROR"] * 5 + ["SUCCEEDED"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (_rule("price is fine"), "'price is fine' has 'price'|names no column"),
        (_rule(":c > :v", values={":c": "`price`"}), ":v has no value"),
        (_rule(":c > :v", values={":c": "price", ":v": "0"}), "backticks"),
        (_rule(":c > :v", values={":c": "`price`", ":v": "cheap"}), "'cheap' is no number"),
        *(
            (_rule(":c > :v", values={":c": "`price`", ":v": text}), "is no number")
            for text in ("nan", "inf", "1_000", "1e400", "\u0663")
        ),
        (_rule(":c IN :v", values={":c": "`price`", ":v": "1,2"}), "JSON"),
        (_rule(":c IN :v", values={":c": "`price`", ":v": "[1, null]"}), "list of an IN"),
        (_rule(":c matches :v", values={":c": "`name`", ":v": "("}), "regular expression"),
        (_rule("AGG(MEDIAN) > :v", values={":v": "0"}), "MEDIAN is of a column"),
        (_rule("AGG(NO_SUCH) > :v", values={":v": "0"}), "'NO_SUCH'"),
        (_rule("AGG(:c, QUANTILE, :q) > :v", values={":c": "`p`", ":q": "0.9", ":v": "0"}), "0.25"),
        (
            _rule("AGG(ROWS_COUNT) > :v", values={":v": "0"}, Threshold=_threshold(5)),
            "Threshold belongs",
        ),
        (
            _rule("AGG(ROWS_COUNT) > :v and :c > :v", values={":c": "`price`", ":v": "0"}),
            "do not mix",
        ),
        (
            _rule(":c > :v", values={":c": "`price`", ":v": "0"}, ColumnSelectors=[{"Name": "id"}]),
            "names none",
        ),
        (_rule("> :v", values={":v": "0"}), "names no column"),
        (_rule(":c > :v )", values={":c": "`price`", ":v": "0"}), "one word too many"),
        (_rule("> :v", values={":v": "0"}, ColumnSelectors=[{"Regex": "("}]), "regular expression"),
    ],
)
def test_an_expression_that_is_none_is_refused_with_its_reason(
    brew: Brew, rule: dict[str, Any], said: str
) -> None:
    dataset = brew.dataset_of_csv(DATA)
    with pytest.raises(ClientError, match=said) as refused:
        brew.ruleset(dataset, rule)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


@given(st.text(st.sampled_from("AGG(:c,)<>=! INROWS_COUNTand1."), min_size=4, max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    values = {":c": "`c`", ":v": "1"}
    try:
        parse.rule({"CheckExpression": text, "SubstitutionMap": values})
    except RuleError as error:
        assert str(error)
