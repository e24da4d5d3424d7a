import json

import duckdb
import pytest

from local_aws.engine.scan.information_schema import rows_sql
from local_aws.glue.service import GlueService
from local_aws.ministack.foreign import glue as ministack_glue
from local_aws.protocol.http import Request
from local_aws.tenant import current, request_scope
from local_aws.trino.information_schema import RELATIONS
from local_aws.trino.schema import Scan

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "kind", "Type": "string"}]


@pytest.fixture
def glue():
    service = GlueService(None)

    def call(action, **request):
        status, _, body = service.answer(
            Request(action, json.dumps(request).encode(), {}, current())
        )
        answer = json.loads(body or b"{}")
        return answer if status == 200 else (answer["__type"], answer["Message"])

    with request_scope("111111111111", "eu-north-1"):
        yield call
        ministack_glue.reset()


@pytest.fixture
def table(glue):
    glue("CreateDatabase", DatabaseInput={"Name": "Shop"})
    columns = {"Columns": [{"Name": "id", "Type": "bigint"}]}
    given = {"Name": "Events", "StorageDescriptor": columns, "PartitionKeys": KEYS}
    assert glue("CreateTable", DatabaseName="shop", TableInput=given) == {}
    return {"DatabaseName": "shop", "TableName": "events"}


def add(glue, table, *values):
    inputs = [{"Values": list(each)} for each in values]
    return glue("BatchCreatePartition", **table, PartitionInputList=inputs)


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (
            "schemata",
            [("awsdatacatalog", name) for name in ("default", "shop", "information_schema")],
        ),
        ("views", []),
    ],
)
def test_information_schema_may_be_without_rows(table, relation, expected):
    sql = rows_sql(Scan("scan_0", RELATIONS[relation]))
    with duckdb.connect() as duck:
        assert duck.execute(sql).fetchall() == expected


def test_only_catalog_actions_are_answered_here():
    assert "GetPartitions" in GlueService.operations
    assert "StartCrawler" not in GlueService.operations


def test_names_are_folded_to_lower_case(glue, table):
    assert [each["Name"] for each in glue("GetDatabases")["DatabaseList"]] == ["default", "shop"]
    assert glue("GetTable", DatabaseName="SHOP", Name="EVENTS")["Table"]["Name"] == "events"
    assert glue("CreateDatabase", DatabaseInput={"Name": "SHOP"})[0] == "AlreadyExistsException"


def test_what_is_missing_is_named(glue, table):
    assert glue("GetDatabase", Name="nope") == (
        "EntityNotFoundException",
        "Database nope not found.",
    )
    code, message = glue("GetTable", DatabaseName="shop", Name="nope")
    assert code == "EntityNotFoundException"
    assert "nope" in message
    missing = glue("GetPartition", **table, PartitionValues=["2019", "x"])
    assert missing[0] == "EntityNotFoundException"


def test_partitions_are_filtered_by_typed_expression_and_paged(glue, table):
    add(glue, table, ("2018", "view"), ("2019", "cart"), ("02020", "view"))
    kept = glue("GetPartitions", **table, Expression="year >= 2019 AND kind LIKE 'v%'")
    assert [each["Values"] for each in kept["Partitions"]] == [["02020", "view"]]
    first = glue("GetPartitions", **table, MaxResults=2)
    rest = glue("GetPartitions", **table, MaxResults=2, NextToken=first["NextToken"])
    assert len(first["Partitions"]) == 2
    assert len(rest["Partitions"]) == 1
    assert "NextToken" not in rest
    assert glue("GetPartitions", **table, NextToken="~")[0] == "InvalidInputException"


def test_a_segment_is_one_of_as_many_as_there_are(glue, table):
    add(glue, table, ("2019", "a"), ("2019", "b"), ("2020", "a"))
    parts = [
        glue("GetPartitions", **table, Segment={"SegmentNumber": number, "TotalSegments": 2})
        for number in (0, 1)
    ]
    assert sorted(len(part["Partitions"]) for part in parts) == [1, 2]
    code, _ = glue("GetPartitions", **table, Segment={"SegmentNumber": 2, "TotalSegments": 2})
    assert code == "InvalidInputException"


def test_a_partition_must_have_a_value_for_each_key(glue, table):
    code, message = glue("CreatePartition", **table, PartitionInput={"Values": ["2019"]})
    assert code == "InvalidInputException"
    assert "number of partition" in message


def test_batches_name_what_failed(glue, table):
    add(glue, table, ("2019", "cart"))
    errors = add(glue, table, ("2019", "cart"), ("2019", "view"))["Errors"]
    assert [each["PartitionValues"] for each in errors] == [["2019", "cart"]]
    gone = glue(
        "BatchDeletePartition",
        **table,
        PartitionsToDelete=[{"Values": ["2019", "cart"]}, {"Values": ["1", "x"]}],
    )
    assert [each["PartitionValues"] for each in gone["Errors"]] == [["1", "x"]]
    assert len(glue("GetPartitions", **table)["Partitions"]) == 1
    many = [{"Values": [str(i), "x"]} for i in range(101)]
    refused = glue("BatchCreatePartition", **table, PartitionInputList=many)
    assert refused[0] == "ValidationException"


def test_updating_a_partition_replaces_its_location(glue, table):
    add(glue, table, ("2019", "cart"))
    new = {"Values": ["2019", "cart"], "StorageDescriptor": {"Location": "s3://b/new/"}}
    assert (
        glue("UpdatePartition", **table, PartitionValueList=new["Values"], PartitionInput=new) == {}
    )
    found = glue("GetPartition", **table, PartitionValues=new["Values"])["Partition"]
    assert found["StorageDescriptor"]["Location"] == "s3://b/new/"
    assert found["CreationTime"]


def test_an_update_replaces_the_table_and_keeps_the_former_version(glue, table):
    given = {"Name": "events", "Parameters": {"a": "1"}}
    assert glue("UpdateTable", DatabaseName="shop", TableInput=given) == {}
    now = glue("GetTable", DatabaseName="shop", Name="events")["Table"]
    assert now["VersionId"] == "1"
    assert now["PartitionKeys"] == []
    versions = glue("GetTableVersions", **table)["TableVersions"]
    assert [each["VersionId"] for each in versions] == ["1", "0"]
    assert versions[1]["Table"]["PartitionKeys"] == KEYS
    stale = glue("UpdateTable", DatabaseName="shop", TableInput=given, VersionId="0")
    assert stale[0] == "ConcurrentModificationException"


@pytest.mark.parametrize("expression", ["e*", "*ven*", "ev.*", "events|other"])
def test_tables_are_found_by_pattern(glue, table, expression):
    found = glue("GetTables", DatabaseName="shop", Expression=expression)["TableList"]
    assert [each["Name"] for each in found] == ["events"]


def test_deleting_a_database_deletes_its_tables(glue, table):
    glue("DeleteDatabase", Name="shop")
    glue("CreateDatabase", DatabaseInput={"Name": "shop"})
    assert glue("GetTables", DatabaseName="shop")["TableList"] == []


def test_search_finds_by_column_and_filter(glue, table):
    assert [each["Name"] for each in glue("SearchTables", SearchText="kind")["TableList"]] == [
        "events"
    ]
    filters = [{"Key": "DatabaseName", "Value": "other"}]
    assert glue("SearchTables", SearchText="kind", Filters=filters)["TableList"] == []


def test_accounts_and_regions_do_not_see_each_other(glue, table):
    with request_scope("222222222222", "eu-north-1"):
        assert [each["Name"] for each in glue("GetDatabases")["DatabaseList"]] == ["default"]


def test_the_default_database_is_there_until_it_is_deleted(glue):
    assert glue("GetDatabase", Name="default")["Database"]["CatalogId"] == "111111111111"
    assert glue("CreateDatabase", DatabaseInput={"Name": "default"})[0] == "AlreadyExistsException"
    with request_scope("333333333333", "eu-north-1"):
        assert glue("DeleteDatabase", Name="default") == {}
        assert glue("GetDatabases")["DatabaseList"] == []
        assert glue("CreateDatabase", DatabaseInput={"Name": "default"}) == {}


def test_properties_come_in_the_order_of_the_services_map(glue, table):
    names = ("classification", "compressionType", "typeOfData", "projection.enabled")
    given = {"Name": "t", "Parameters": dict.fromkeys(names, "x")}
    glue("CreateTable", DatabaseName="shop", TableInput=given)
    found = glue("GetTable", DatabaseName="shop", Name="t")["Table"]["Parameters"]
    assert list(found) == ["compressionType", "classification", "projection.enabled", "typeOfData"]
