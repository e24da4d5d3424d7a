"""The rules of quality: one file, held to the table of an event, and two engines that agree."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpers import athena
from helpers.errors import InputError
from helpers.events import EVENT, EVENT_TYPES, FIELDS
from helpers.paths import PROJECT
from helpers.profile import databrew
from helpers.quality import alone, asking, judge, rules
from helpers.quality.expressions import COLUMNS, Expression
from helpers.raw.rows import MAX_PRICE
from local_aws.databrew.rules import parse
from local_aws.databrew.rules.nodes import RuleError
from support import lake, odd_months, roles
from support.shop import Shop, filled

FILE = "params/rules/events.yaml"
PRICE = {"Name": "price"}
SENT = ("Name", "Description", "Rules")


@pytest.fixture(scope="module", autouse=True)
def aws(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        yield


@pytest.fixture(scope="module")
def shop(aws: None, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Two days of which the second lacks its hours but one; some rows twice, some prices zero."""
    folder = tmp_path_factory.mktemp("quality")
    events = odd_months.month(odd_months.days(2), rows_a_day=120, prices=(0, 300))
    late = (pl.col("event_time") < "2019-10-02") | (pl.col("event_time") > "2019-10-02 23")
    events = events.filter(late).with_columns(
        price=pl.when(pl.int_range(pl.len()) % 10 == 0).then(pl.lit("0.00")).otherwise("price"),
        brand=pl.when(pl.int_range(pl.len()) % 9 == 0).then(pl.lit("שלום 😀")).otherwise("brand"),
    )
    pl.concat([events, events.head(3)]).write_csv(folder / "raw.csv")
    return filled("quality", folder / "raw.csv", folder / "staging")


def _rule(expression: str, /, **given_: Any) -> dict[str, Any]:
    values = given_.pop("values", {})
    rule = {"Name": expression, "CheckExpression": expression, **given_}
    return rule | ({"SubstitutionMap": values} if values else {})


def _rules(*given_: dict[str, Any]) -> rules.Rules:
    return rules.Rules({"Name": "tested", "Rules": list(given_)}, [])


def test_the_file_says_nothing_that_the_table_of_an_event_does_not() -> None:
    found = {rule["Name"]: rule for rule in rules.load(FILE).ruleset["Rules"]}
    types = found["the type of an event is known"]["SubstitutionMap"][":list"]
    assert tuple(yaml.safe_load(types)) == EVENT_TYPES
    bounds = found["no price is negative or absurd"]["SubstitutionMap"]
    assert (bounds[":low"], bounds[":high"]) == ("0", str(MAX_PRICE))
    ids = [each["Name"] for each in found["no id is negative"]["ColumnSelectors"]]
    assert ids == [column.name for column in EVENT if column.lake == "bigint"]
    (needed,) = found["what every event has is there"]["ColumnSelectors"]
    # a time that is there has a month: DataBrew profiles no times
    required = {column.name for column in EVENT if column.required} - {"event_time"}
    assert set(needed["Regex"].split("|")) == required


def test_every_column_that_the_file_names_is_one_of_the_lake() -> None:
    found = rules.load(FILE)
    for rule in found.ruleset["Rules"]:
        assert set(rule) <= {"Name", "CheckExpression", "SubstitutionMap", "ColumnSelectors"} | {
            "Threshold",
            "Disabled",
        }
        for column in judge._selected(rule):
            assert Expression(rule, "r_", column).sql
    assert found.alone
    assert set(found.ruleset) == set(SENT)


def test_what_the_service_says_of_the_file_is_what_the_lake_says(shop: Shop) -> None:
    """One text, two engines: each rule of the file, and the same with odd ones beside it."""
    found = rules.load(FILE)
    more = [
        _rule(":c == :v", values={":c": "`price`", ":v": "0"}),
        _rule(":c != :v and :d > :v", values={":c": "`price`", ":d": "`user_id`", ":v": "0"}),
        _rule(":c NOT IN :l", values={":c": "`brand`", ":l": '["acme"]'}),
        _rule(":c STARTS_WITH :v", values={":c": "`brand`", ":v": "שלום"}),
        _rule(":c ends_with :v", values={":c": "`brand`", ":v": "😀"}),
        _rule(":c Ends_With :v", values={":c": "`brand`", ":v": "_"}),
        _rule(":c contains :v", values={":c": "`category_code`", ":v": "."}),
        _rule(":c matches :v", values={":c": "`brand`", ":v": "^[a-z]+$"}),
        _rule("LENGTH(:c) IS BETWEEN :a AND :b", values={":c": "`brand`", ":a": "4", ":b": "5"}),
        _rule("AGG(:c, DISTINCT_VALUES_COUNT) == :v", values={":c": "`brand`", ":v": "4"}),
        _rule("AGG(:c, MEAN) > :v", values={":c": "`price`", ":v": "1000"}),
        _rule("AGG(:c, MAX) <= :v", values={":c": "`brand`", ":v": "6"}),
        _rule("AGG(DUPLICATE_ROWS_COUNT) == :v", values={":v": "3"}),
        _rule(
            ":c > :v",
            values={":c": "`price`", ":v": "100"},
            Threshold={"Value": 5, "Type": "LESS_THAN", "Unit": "COUNT"},
        ),
    ]
    whole = rules.Rules({"Name": "both", "Rules": found.ruleset["Rules"] + more}, [])
    here = judge.judge(whole, shop.days, **shop.place)

    boto3.client("s3").create_bucket(Bucket="quality-results")
    where = databrew.Place(roles.of_databrew("judges"), "quality-results")
    # DataBrew profiles no decimals; which of two equal rows begins a session is not of the event
    columns = ", ".join(f"CAST({n} AS DOUBLE) AS {n}" if n == "price" else n for n in FIELDS)
    athena.run(
        f"CREATE VIEW v_typed AS SELECT {columns}, year, month, day FROM user_activity",
        database=shop.name,
        bucket=shop.name,
    )
    dataset = databrew.put_table("the-lake", database=shop.name, table="v_typed")
    ruleset = databrew.put_ruleset(whole, dataset)
    _, report = databrew.run_profile("judge", dataset="the-lake", ruleset=ruleset, where=where)
    there = databrew.results(report)

    assert list(here["rule"]) == list(there["rule"])
    assert list(here["column"]) == list(there["column"])
    statuses = zip(here["rule"], here["status"], there["status"], strict=True)
    assert [each for each in statuses if each[1] != each[2]] == []
    of_rows = there["failed"].notna()
    assert list(here["failed"][of_rows]) == list(there["failed"][of_rows])
    assert set(here["status"]) == {judge.SUCCEEDED, judge.FAILED}
    # what a rule costs is told once for all
    assert "bytes scanned" in asking.cost(here)


def test_a_rule_that_fails_stops_with_its_name_and_its_rows_can_be_seen(shop: Shop) -> None:
    found = _rules(
        _rule(":c > :v", values={":c": "`price`", ":v": "0"}),
        _rule("AGG(ROWS_COUNT) > :v", values={":v": "0"}),
        _rule(":c > :v", values={":c": "`price`", ":v": "9"}, Disabled=True),
    )
    judged = judge.judge(found, shop.days, **shop.place)
    zero = shop.events.filter(pl.col("price") == 0)
    assert judged[["tested", "failed"]].to_numpy().tolist() == [
        [shop.events.height, zero.height],
        [1, 0],
    ]
    assert judge.sentences(judged) == ["Of 2 rules of quality 1 fails: :c > :v."]
    with pytest.raises(InputError, match=rf":c > :v: {zero.height} of {shop.events.height}"):
        judge.enforce(judged)
    seen = judge.failing(found, shop.days, **shop.place, most=2)
    assert len(seen) == 2
    assert (seen["price"] == 0).all()
    judge.enforce(judged[judged["status"] == judge.SUCCEEDED])


def test_what_is_checked_here_alone_ends_the_ingest_unless_it_says_no(shop: Shop) -> None:
    pattern = {"Column": "brand", "Matches": "^[0-9]+$", "LeastPercent": 1}
    checks = [
        {"Name": "goes on", "Pattern": pattern, "Stops": False},
        {"Name": "holds", "MissingHours": {"Most": 24 * 60}},
        {"Name": "nothing before", "Drift": {"Column": "brand", "MostDistance": 0}},
    ]
    own = rules.Rules({}, checks)
    found = alone.check(own, shop.days, [], **shop.place)
    judge.enforce(alone.stopping(own, found))
    named = shop.events["brand"].drop_nulls().len()
    said = f"goes on ({named} of {named} failed)"
    assert alone.sentences(found) == [f"Checked here alone and not so: {said}."]
    ends = rules.Rules({}, [checks[0] | {"Stops": True}, {"Name": "ends", "Pattern": pattern}])
    found = alone.check(ends, shop.days, [], **shop.place)
    with pytest.raises(InputError, match=f"^2 rules of quality fail: goes on: {named}.*; ends: "):
        judge.enforce(alone.stopping(ends, found))


def test_a_drift_that_ends_the_ingest_tells_its_distance(shop: Shop) -> None:
    own = rules.Rules({}, [{"Name": "d", "Drift": {"Column": "event_time", "MostDistance": 0.5}}])
    found = alone.check(own, shop.days[:1], shop.days[1:], **shop.place)
    with pytest.raises(InputError, match="1 rule of quality fails: d: found 1"):
        judge.enforce(alone.stopping(own, found))


def test_an_hour_at_the_edge_of_the_days_is_missed_too(shop: Shop) -> None:
    own = rules.Rules({}, [{"Name": "h", "MissingHours": {"Most": 0}}])
    lone = [datetime.date(2020, 2, 2)]
    [line] = alone.check(own, lone, [], **shop.place).to_dict("records")
    assert (line["tested"], line["failed"], line["status"]) == (24, 24, judge.FAILED)


def test_what_is_checked_here_alone_is_counted_as_polars_does(shop: Shop) -> None:
    checks = [
        {"Name": "hours", "MissingHours": {"Most": 0}},
        {
            "Name": "uuid",
            "Pattern": {"Column": "user_session", "Matches": "^s-", "LeastPercent": 100},
        },
        {
            "Name": "lower",
            "Pattern": {"Column": "brand", "Matches": "^[a-z]+$", "LeastPercent": 99},
        },
        {
            "Name": "both",
            "MissingTogether": {"Columns": ["brand", "category_code"], "MostPercent": 1},
        },
        {"Name": "same", "Drift": {"Column": "event_type", "MostDistance": 0}},
        {"Name": "other", "Drift": {"Column": "brand", "MostDistance": 0.05}},
    ]
    own = rules.Rules({}, checks)
    first, second = shop.days
    found = alone.check(own, shop.days, shop.days, **shop.place).set_index("rule")
    hours = shop.events["event_time"].dt.truncate("1h")
    every = 24 * ((shop.days[-1] - shop.days[0]).days + 1)
    assert found.loc["hours", ["tested", "passed"]].tolist() == [every, hours.n_unique()]
    assert found.loc["hours", "status"] == judge.FAILED
    assert found.loc["uuid", "status"] == judge.SUCCEEDED
    named = shop.events["brand"].drop_nulls()
    assert found.loc["lower", "failed"] == named.str.contains("שלום").sum()
    missing = shop.events.filter(pl.all_horizontal(pl.col("brand", "category_code").is_null()))
    assert found.loc["both", "failed"] == missing.height
    assert found.loc["same", "value"] == 0
    drift = alone.check(own, [first], [second], **shop.place).set_index("rule")
    one, two = (
        dict(
            shop.events.filter(pl.col("event_time").dt.date() == day)["brand"]
            .fill_null("-")
            .value_counts(normalize=True)
            .iter_rows()
        )
        for day in shop.days
    )
    names = one.keys() | two.keys()
    distance = sum(abs(one.get(name, 0) - two.get(name, 0)) for name in names) / 2
    assert drift.loc["other", "value"] == pytest.approx(distance)
    nothing = alone.check(own, shop.days, [], **shop.place).set_index("rule")
    assert nothing.loc["same", "status"] == alone.NO_OTHER


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (_rule("price is fine"), "names no column"),
        (_rule(":c > :v", values={":c": "`price`"}), "no value in the SubstitutionMap"),
        (_rule(":c > :v", values={":c": "`cost`", ":v": "0"}), "no column cost"),
        (_rule(":c > :v", values={":c": "price", ":v": "0"}), "backticks"),
        (_rule(":c > :v", values={":c": "`price`", ":v": "cheap"}), "no number"),
        *(
            (_rule(":c > :v", values={":c": "`price`", ":v": text}), "no number")
            for text in ("nan", "inf", "1_000", "1e400", "\u0663")
        ),
        (_rule(":c IN :v", values={":c": "`brand`", ":v": "[null]"}), "holds more than"),
        (_rule(":c MATCHES :v", values={":c": "`brand`", ":v": "("}), "no regular expression"),
        (
            _rule("AGG(ROWS_COUNT) > :v AND :c > :v", values={":c": "`price`", ":v": "0"}),
            "do not mix",
        ),
        (
            _rule("AGG(ROWS_COUNT) > :v", values={":v": "0"}, Threshold={"Value": 1}),
            "Threshold belongs",
        ),
        (_rule("AGG(ROWS_COUNT) > :c", values={":c": "`price`"}), "not with another column"),
        (_rule("AGG(:c, ROWS_COUNT) > :v", values={":c": "`price`", ":v": "0"}), "of the dataset"),
        (
            _rule(":c > :v", values={":c": "`price`", ":v": "0"}, ColumnSelectors=[PRICE]),
            "names none",
        ),
        (
            _rule("> :v", values={":v": "0"}, ColumnSelectors=[PRICE | {"Regex": "p.*"}]),
            "a Name or a Regex",
        ),
        (_rule("> :v", values={":v": "0"}, ColumnSelectors=[{"Regex": "("}]), "regular expression"),
        (_rule("AGG(:c, ENTROPY) > :v", values={":c": "`brand`", ":v": "0"}), "ENTROPY"),
        (_rule(":c > :v", values={":c": "`price`", ":v": "0"}) | {"CheckExpression": "a'b"}, "'b"),
        (_rule("> :v", values={":v": "0"}, ColumnSelectors=[{"Name": "gone"}]), "selects no"),
    ],
)
def test_an_expression_that_is_none_is_refused_with_its_rule(
    rule: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said) as refused:
        judge._expressions(_rules(rule))
    assert rule["Name"] in str(refused.value)


@given(st.text(st.sampled_from("AGG(:c,)<>=! INROWS_COUNTand1."), min_size=4, max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    rule = _rule(text, values={":c": "`brand`", ":v": "1"})
    try:
        assert Expression(rule, "r_").sql
    except InputError as error:
        assert "The rule" in str(error)


WORDS = (
    *("AGG(ROWS_COUNT)", "AGG(:c, MEAN)", "AGG(MISSING_VALUES_COUNT)", "LENGTH(:c)", ":c", ":p"),
    *(">", "==", "IS_BETWEEN", "IS BETWEEN", "NOT", "IN", "STARTS_WITH", "NOT_MATCHES", "AND"),
    *("OR", "(", ")", ":v", ":l", ":x"),
)


@given(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=7).map(" ".join),
    st.sampled_from([{}, {"ColumnSelectors": [{"Name": "price"}]}, {"Threshold": {"Value": 1}}]),
)
def test_what_the_service_refuses_is_refused_here(text: str, more: dict[str, Any]) -> None:
    values = {":c": "`brand`", ":p": "`price`", ":v": "1", ":l": '["a"]', ":x": "no number"}
    rule = _rule(text, values=values, **more)
    try:
        parse.rule(rule)
    except RuleError:
        with pytest.raises(InputError):
            judge._expressions(_rules(rule))


def test_of_days_without_a_row_no_share_is_missing_as_in_the_service(shop: Shop) -> None:
    few = _rule("AGG(:c, MISSING_VALUES_PERCENTAGE) <= :v", values={":c": "`brand`", ":v": "1"})
    found = judge.judge(_rules(few), [datetime.date(2020, 2, 2)], **shop.place)
    assert found[["value", "status"]].to_numpy().tolist() == [[0, judge.SUCCEEDED]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Rules: []", "some Rules"),
        ("Rules: [{Name: a}]", "CheckExpression"),
        ("Rules: [{Name: a, CheckExpression: b}]\nMore: 1", "parts"),
        (
            "Rules: [{Name: a, CheckExpression: b}]\nCheckedHereAlone: [{Name: c, Hours: {}}]",
            "one of MissingHours",
        ),
        (
            "Rules: [{Name: a, CheckExpression: b}]\n"
            "CheckedHereAlone: [{Name: c, MissingHours: {Least: 0}}]",
            "exactly Most",
        ),
        (
            "Rules: [{Name: a, CheckExpression: b}]\n"
            "CheckedHereAlone: [{Name: c, MissingHours: {Most: 0}, Stops: never}]",
            "Stops is true or false",
        ),
        ("{", "cannot be read"),
        ("Rules: all", "have the parts"),
        (
            "Rules: [{Name: a, CheckExpression: b}]\n"
            "CheckedHereAlone: [{Name: c, MissingHours: {Most: none}}]",
            "c: Most is a number",
        ),
        (
            "Rules: [{Name: a, CheckExpression: b}]\n"
            "CheckedHereAlone: [{Name: c, Drift: {Column: colour, MostDistance: 1}}]",
            "c: the lake has no column colour",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(InputError, match=said):
        rules.load(str(tmp_path / "rules.yaml"))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"CheckExpression": "AGG(ROWS_COUNT) >"}, "'a': the expression ends too soon"),
        ({"CheckExpression": "> :x", "ColumnSelectors": [{"Name": "nope"}]}, "selects no column"),
        ({"Threshold": {"Value": "many"}}, "'a': a Threshold has a number as Value"),
        ({"Threshold": {"Value": 1, "Unit": "SHARES"}}, "COUNT or PERCENTAGE as Unit"),
        ({"Threshold": {"Value": 1, "Type": "EQUAL"}}, "one of GREATER_THAN_OR_EQUAL"),
    ],
)
def test_a_rule_that_cannot_be_asked_is_refused_before_any_is(
    rule: dict[str, object], said: str
) -> None:
    right = {"CheckExpression": ":c > :n", "SubstitutionMap": {":c": "`price`", ":n": "0"}}
    given = {"Name": "a", **right, **rule}
    with pytest.raises(InputError, match=said):
        judge.ready(rules.Rules({"Rules": [given]}, []))


def test_the_file_of_rules_can_be_asked() -> None:
    assert judge.ready(rules.load(FILE)) == rules.load(FILE)


def test_the_columns_of_the_rules_are_those_of_the_lakes_table() -> None:
    assert PROJECT.joinpath(FILE).exists()
    assert [*COLUMNS][-3:] == ["year", "month", "day"]
