"""Athena's API: workgroups, saved SQL, executions and their life, as boto3 sees them."""

import json
import threading
import time
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from athena_client import Athena, cells, connect

NUMBERS = f"(VALUES {', '.join(str(n) for n in range(200))})"
HEAVY = f"""
    SELECT count(*)
    FROM {NUMBERS} AS a(x) CROSS JOIN {NUMBERS} AS b(x) CROSS JOIN {NUMBERS} AS c(x)
    CROSS JOIN {NUMBERS} AS d(x) CROSS JOIN {NUMBERS} AS e(x)
    WHERE (a.x * b.x + c.x * d.x) % 7 = e.x
"""


@pytest.fixture
def athena(aws_env: str) -> Athena:
    return connect("athena-api")


@pytest.fixture
def group(athena: Athena) -> str:
    name = f"group-{uuid4().hex[:8]}"
    athena.client.create_work_group(Name=name)
    return name


def refused(call: Any, *arguments: Any, **members: Any) -> tuple[str, str, str]:
    """Code, message and Athena's own code of a call that must be refused."""
    with pytest.raises(ClientError) as raised:
        call(*arguments, **members)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer.get("AthenaErrorCode", "")


def test_operation_that_is_not_supported_is_named(athena: Athena) -> None:
    code, message, _ = refused(athena.client.list_notebook_metadata, WorkGroup="primary")
    assert code == "NotImplementedException"
    assert "ListNotebookMetadata" in message


def test_members_outside_their_constraints_are_named(aws_env: str) -> None:
    unchecked = boto3.client("athena", config=Config(parameter_validation=False))
    code, message, _ = refused(
        unchecked.create_work_group,
        Name="no spaces",
        Configuration={"BytesScannedCutoffPerQuery": 5},
    )
    assert code == "InvalidRequestException"
    assert "2 validation errors" in message
    assert "'no spaces' at 'name'" in message
    assert "'5' at 'configuration.bytesScannedCutoffPerQuery'" in message
    code, message, _ = refused(unchecked.start_query_execution)
    assert "at 'queryString'" in message


class TestWorkGroups:
    def test_primary_is_there_and_stays(self, athena: Athena) -> None:
        primary = athena.client.get_work_group(WorkGroup="primary")["WorkGroup"]
        assert primary["State"] == "ENABLED"
        version = primary["Configuration"]["EngineVersion"]["EffectiveEngineVersion"]
        assert version == "Athena engine version 3"
        assert refused(athena.client.delete_work_group, WorkGroup="primary")[0]

    def test_create_update_list_delete(self, athena: Athena, group: str) -> None:
        client = athena.client
        assert refused(client.create_work_group, Name=group)[0] == "InvalidRequestException"
        client.update_work_group(
            WorkGroup=group,
            Description="changed",
            State="DISABLED",
            ConfigurationUpdates={
                "BytesScannedCutoffPerQuery": 20_000_000,
                "ResultConfigurationUpdates": {"OutputLocation": "s3://athena-api/group/"},
            },
        )
        changed = client.get_work_group(WorkGroup=group)["WorkGroup"]
        assert (changed["Description"], changed["State"]) == ("changed", "DISABLED")
        configuration = changed["Configuration"]
        assert configuration["BytesScannedCutoffPerQuery"] == 20_000_000
        assert configuration["ResultConfiguration"]["OutputLocation"] == "s3://athena-api/group/"
        assert group in [g["Name"] for g in client.list_work_groups()["WorkGroups"]]
        _, message, _ = refused(athena.start, "SELECT 1", WorkGroup=group)
        assert "disabled" in message
        client.update_work_group(
            WorkGroup=group,
            State="ENABLED",
            ConfigurationUpdates={
                "RemoveBytesScannedCutoffPerQuery": True,
                "ResultConfigurationUpdates": {"RemoveOutputLocation": True},
            },
        )
        configuration = client.get_work_group(WorkGroup=group)["WorkGroup"]["Configuration"]
        assert "BytesScannedCutoffPerQuery" not in configuration
        assert "OutputLocation" not in configuration["ResultConfiguration"]
        client.delete_work_group(WorkGroup=group)
        assert refused(client.get_work_group, WorkGroup=group)[0] == "InvalidRequestException"

    def test_group_that_holds_something_is_deleted_only_when_asked(
        self, athena: Athena, group: str
    ) -> None:
        client = athena.client
        client.create_prepared_statement(
            StatementName="kept", WorkGroup=group, QueryStatement="SELECT 1"
        )
        assert "not empty" in refused(client.delete_work_group, WorkGroup=group)[1]
        client.delete_work_group(WorkGroup=group, RecursiveDeleteOption=True)
        client.create_work_group(Name=group)
        assert client.list_prepared_statements(WorkGroup=group)["PreparedStatements"] == []

    def test_enforced_location_wins_over_the_client_and_yields_otherwise(
        self, athena: Athena, group: str
    ) -> None:
        location = {"OutputLocation": "s3://athena-api/of-the-group"}
        for enforced, prefix in ((True, "s3://athena-api/of-the-group/"), (False, athena.output)):
            athena.client.update_work_group(
                WorkGroup=group,
                ConfigurationUpdates={
                    "EnforceWorkGroupConfiguration": enforced,
                    "ResultConfigurationUpdates": location,
                },
            )
            done = athena.succeed("SELECT 1", WorkGroup=group)
            where = done["ResultConfiguration"]["OutputLocation"]
            assert where == f"{prefix}{done['QueryExecutionId']}.csv"
        done = athena.succeed("SELECT 1", WorkGroup=group, ResultConfiguration={})
        assert done["ResultConfiguration"]["OutputLocation"].startswith("s3://athena-api/of-the-g")

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TABLE x WITH (external_location = 's3://athena-api/x/') AS SELECT 1 AS a",
            "CREATE TABLE IF NOT EXISTS x\nWITH (format='JSON', External_Location='s3://b/') "
            "AS SELECT 1 AS a WITH NO DATA",
        ],
    )
    def test_a_table_says_where_it_goes_only_where_the_group_does_not(
        self, athena: Athena, group: str, sql: str
    ) -> None:
        location = {"OutputLocation": "s3://athena-api/of-the-group"}
        updates = {"ResultConfigurationUpdates": location}
        athena.client.update_work_group(WorkGroup=group, ConfigurationUpdates=updates)
        code, message, _ = refused(athena.start, sql, WorkGroup=group)
        assert code == "InvalidRequestException"
        assert "submitted with an 'external_location' property to an Athena Workgroup" in message
        athena.succeed(f"PREPARE later FROM {sql}", WorkGroup=group)
        done = athena.run("EXECUTE later", WorkGroup=group)
        assert done["Status"]["StateChangeReason"] == message
        where = "s3://athena-api/unloaded-" + group
        athena.succeed(f"UNLOAD (SELECT 1 AS a) TO '{where}' WITH (format='JSON')", WorkGroup=group)
        updates = {"EnforceWorkGroupConfiguration": False}
        athena.client.update_work_group(WorkGroup=group, ConfigurationUpdates=updates)
        assert athena.start(sql, WorkGroup=group)  # not refused; whatever becomes of it

    def test_results_that_athena_manages_need_no_bucket(self, athena: Athena, group: str) -> None:
        client = athena.client
        location = {"OutputLocation": "s3://athena-api/of-the-group/"}
        managed = {"ManagedQueryResultsConfiguration": {"Enabled": True}}
        configuration = {"ResultConfiguration": location, **managed}
        both = refused(client.create_work_group, Name=f"{group}-x", Configuration=configuration)
        assert "cannot have the OutputLocation parameter" in both[1]
        updates = {"ManagedQueryResultsConfigurationUpdates": {"Enabled": True}}
        client.update_work_group(WorkGroup=group, ConfigurationUpdates=updates)
        kept = client.get_work_group(WorkGroup=group)["WorkGroup"]["Configuration"]
        assert kept["ManagedQueryResultsConfiguration"] == {"Enabled": True}
        told = {"WorkGroup": group, "ResultConfiguration": {}}
        reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}
        for _ in range(2):
            done = athena.succeed("SELECT 7 AS n", ResultReuseConfiguration=reuse, **told)
            assert done["ManagedQueryResultsConfiguration"] == {"Enabled": True}
            assert "OutputLocation" not in done["ResultConfiguration"]
            assert not done["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
            assert cells(athena.page(done)) == [["n"], ["7"]]
        assert ["default"] in athena.rows("SHOW DATABASES", **told)
        unloaded = f"UNLOAD (SELECT 1 AS a) TO 's3://athena-api/m-{group}' WITH (format='JSON')"
        assert "DataManifestLocation" not in athena.succeed(unloaded, **told)["Statistics"]
        failed = athena.run("CREATE TABLE nowhere AS SELECT 1 AS a", **told)
        assert "external_location is needed" in failed["Status"]["StateChangeReason"]
        table = f"made_{group.replace('-', '_')}"
        athena.succeed(
            f"CREATE TABLE {table} WITH (external_location='s3://athena-api/{table}') "
            "AS SELECT 1 AS a",
            **told,
        )
        athena.succeed(f"DROP TABLE {table}", **told)
        # where the group does not insist, a client's own place counts
        enforced = {"EnforceWorkGroupConfiguration": False}
        client.update_work_group(WorkGroup=group, ConfigurationUpdates=enforced)
        done = athena.succeed("SELECT 7 AS n", WorkGroup=group)
        assert done["ResultConfiguration"]["OutputLocation"].startswith(athena.output)
        updates = {"ResultConfigurationUpdates": location}
        assert refused(client.update_work_group, WorkGroup=group, ConfigurationUpdates=updates)[0]

    def test_tags(self, athena: Athena, group: str) -> None:
        arn = f"arn:aws:athena:us-east-1:000000000000:workgroup/{group}"
        tags = [{"Key": "team", "Value": "shop"}, {"Key": "cost", "Value": "1"}]
        athena.client.tag_resource(ResourceARN=arn, Tags=tags)
        athena.client.untag_resource(ResourceARN=arn, TagKeys=["cost"])
        assert athena.client.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags[:1]
        code, _, _ = refused(athena.client.list_tags_for_resource, ResourceARN=f"{arn}-no")
        assert code == "ResourceNotFoundException"

    def test_workgroup_of_a_stack(self, athena: Athena) -> None:
        name = f"stack-{uuid4().hex[:8]}"
        location = {"OutputLocation": "s3://athena-api/of-the-stack/"}
        group = {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": name,
                "WorkGroupConfiguration": {"ResultConfiguration": location},
                "RecursiveDeleteOption": True,  # it has a query's history when it goes
            },
        }
        stacks = boto3.client("cloudformation")
        template = json.dumps({"Resources": {"Group": group}})
        stacks.create_stack(StackName=name, TemplateBody=template)
        stacks.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        assert name in [g["Name"] for g in athena.client.list_work_groups()["WorkGroups"]]
        done = athena.succeed("SELECT 1", WorkGroup=name)
        where = done["ResultConfiguration"]["OutputLocation"]
        assert where.startswith("s3://athena-api/of-the-stack/")
        stacks.delete_stack(StackName=name)
        stacks.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        assert refused(athena.client.get_work_group, WorkGroup=name)[0]

    def test_another_region_is_another_world(self, athena: Athena, group: str) -> None:
        elsewhere = boto3.client("athena", region_name="eu-west-1")
        names = [g["Name"] for g in elsewhere.list_work_groups()["WorkGroups"]]
        assert group not in names
        assert "primary" in names


class TestSavedSql:
    def test_named_queries(self, athena: Athena, group: str) -> None:
        client = athena.client
        query = {"Name": "one", "Database": "shop", "QueryString": "SELECT 1", "WorkGroup": group}
        token = str(uuid4())
        query_id = client.create_named_query(**query, ClientRequestToken=token)["NamedQueryId"]
        again = client.create_named_query(**query, ClientRequestToken=token)["NamedQueryId"]
        assert query_id == again
        client.update_named_query(NamedQueryId=query_id, Name="two", QueryString="SELECT 2")
        changed = client.get_named_query(NamedQueryId=query_id)["NamedQuery"]
        assert (changed["Name"], changed["QueryString"]) == ("two", "SELECT 2")
        batch = client.batch_get_named_query(NamedQueryIds=[query_id, str(uuid4())])
        assert len(batch["NamedQueries"]) == len(batch["UnprocessedNamedQueryIds"]) == 1
        assert client.list_named_queries(WorkGroup=group)["NamedQueryIds"] == [query_id]
        client.delete_named_query(NamedQueryId=query_id)
        assert refused(client.get_named_query, NamedQueryId=query_id)[0]

    def test_prepared_statements(self, athena: Athena, group: str) -> None:
        client = athena.client
        where = {"StatementName": "by_day", "WorkGroup": group}
        client.create_prepared_statement(**where, QueryStatement="SELECT ?")
        assert refused(client.create_prepared_statement, **where, QueryStatement="SELECT ?")[0]
        client.update_prepared_statement(**where, QueryStatement="SELECT ?, 2")
        found = client.get_prepared_statement(**where)["PreparedStatement"]
        assert found["QueryStatement"] == "SELECT ?, 2"
        batch = client.batch_get_prepared_statement(
            PreparedStatementNames=["by_day", "other"], WorkGroup=group
        )
        assert len(batch["PreparedStatements"]) == 1
        assert batch["UnprocessedPreparedStatementNames"][0]["StatementName"] == "other"
        client.delete_prepared_statement(**where)
        code, _, _ = refused(client.get_prepared_statement, **where)
        assert code == "ResourceNotFoundException"


class TestMetadata:
    @pytest.fixture
    def table(self, athena: Athena) -> dict[str, str]:
        glue = boto3.client("glue")
        database = f"db_{uuid4().hex[:8]}"
        glue.create_database(DatabaseInput={"Name": database, "Description": "shop"})
        for name in ("events", "events_raw", "users"):
            columns = [{"Name": "id", "Type": "bigint", "Comment": "who"}]
            storage = {"Columns": columns, "Location": f"s3://athena-api/{name}/"}
            keys = [{"Name": "day", "Type": "int"}]
            table = {"Name": name, "StorageDescriptor": storage, "PartitionKeys": keys}
            glue.create_table(DatabaseName=database, TableInput=table)
        return {"CatalogName": "AwsDataCatalog", "DatabaseName": database}

    def test_databases_and_tables(self, athena: Athena, table: dict[str, str]) -> None:
        client = athena.client
        assert client.get_database(**table)["Database"]["Description"] == "shop"
        listed = client.get_paginator("list_databases").paginate(CatalogName="AwsDataCatalog")
        assert table["DatabaseName"] in [d["Name"] for page in listed for d in page["DatabaseList"]]
        found = client.get_table_metadata(**table, TableName="events")["TableMetadata"]
        assert found["Columns"] == [{"Name": "id", "Type": "bigint", "Comment": "who"}]
        assert found["PartitionKeys"] == [{"Name": "day", "Type": "int"}]
        pages = client.get_paginator("list_table_metadata").paginate(
            **table, Expression="events*", PaginationConfig={"PageSize": 1}
        )
        names = [t["Name"] for page in pages for t in page["TableMetadataList"]]
        assert names == ["events", "events_raw"]
        code, message, _ = refused(client.get_table_metadata, **table, TableName="none")
        assert code == "MetadataException"
        assert "Error Code: EntityNotFoundException;" in message  # SQLAlchemy's dialect reads it

    def test_the_one_catalog(self, athena: Athena) -> None:
        names = [
            c["CatalogName"] for c in athena.client.list_data_catalogs()["DataCatalogsSummary"]
        ]
        assert names == ["AwsDataCatalog"]
        assert (
            athena.client.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
        )
        _, message, _ = refused(athena.client.create_data_catalog, Name="mine", Type="HIVE")
        assert "CreateDataCatalog" in message


class TestExecutions:
    def test_statistics_and_types_of_a_select(self, athena: Athena) -> None:
        done = athena.succeed("SELECT 1 AS one;")
        assert (done["StatementType"], done["SubstatementType"]) == ("DML", "SELECT")
        assert done["Query"] == "SELECT 1 AS one"
        assert done["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
        statistics = done["Statistics"]
        assert statistics["DataScannedInBytes"] == 0
        assert statistics["TotalExecutionTimeInMillis"] >= statistics["EngineExecutionTimeInMillis"]
        assert statistics["ResultReuseInformation"] == {"ReusedPreviousResult": False}
        assert done["Status"]["CompletionDateTime"] >= done["Status"]["SubmissionDateTime"]
        shown = athena.client.get_query_runtime_statistics(
            QueryExecutionId=done["QueryExecutionId"]
        )["QueryRuntimeStatistics"]
        total = statistics["TotalExecutionTimeInMillis"]
        assert shown["Timeline"]["TotalExecutionTimeInMillis"] == total

    def test_no_place_for_the_result_is_refused(self, athena: Athena) -> None:
        code, message, _ = refused(athena.start, "SELECT 1", ResultConfiguration={})
        assert code == "InvalidRequestException"
        assert message.startswith("No output location provided.")
        location = {"OutputLocation": "/tmp/results"}
        assert "valid S3 path" in refused(athena.start, "SELECT 1", ResultConfiguration=location)[1]

    @pytest.mark.parametrize("place", ["s3://", "s3:///x", "http://b/x", "b/x"])
    def test_a_place_that_is_none_is_refused(self, athena: Athena, place: str) -> None:
        configuration = {"ResultConfiguration": {"OutputLocation": place}}
        for call in (
            lambda: athena.client.start_query_execution(QueryString="SELECT 1", **configuration),
            lambda: athena.client.create_work_group(Name="nowhere", Configuration=configuration),
        ):
            with pytest.raises(ClientError, match="outputLocation is not a valid S3 path"):
                call()

    def test_a_query_has_its_limit_in_bytes(self, athena: Athena) -> None:
        fitting = "SELECT 1 -- " + "é" * ((262_144 - 12) // 2)
        assert athena.rows(fitting)[1:] == [["1"]]
        with pytest.raises(ClientError, match="262144 bytes"):
            athena.start(fitting + "é")

    def test_missing_bucket_fails_the_query(self, athena: Athena) -> None:
        location = {"OutputLocation": f"s3://no-such-{uuid4().hex}/"}
        status = athena.run("SELECT 1", ResultConfiguration=location)["Status"]
        assert status["State"] == "FAILED"
        assert "S3 location provided" in status["StateChangeReason"]

    def test_failure_says_why(self, athena: Athena) -> None:
        status = athena.run("SELECT x FROM (SELECT 1 AS y)")["Status"]
        assert status["State"] == "FAILED"
        assert "Column 'x' cannot be resolved" in status["StateChangeReason"]
        error = status["AthenaError"]
        assert error["ErrorCategory"] == 2
        assert error["ErrorMessage"] == status["StateChangeReason"]
        assert error["Retryable"] is False

    def test_results_of_a_query_that_failed_are_refused(self, athena: Athena) -> None:
        done = athena.run("SELECT x FROM (SELECT 1 AS y)")
        assert "Final query state: FAILED" in refused(athena.page, done)[1]

    def test_same_request_token_is_the_same_query(self, athena: Athena) -> None:
        token = str(uuid4())
        first = athena.start("SELECT 1", ClientRequestToken=token)
        assert athena.start("SELECT 1", ClientRequestToken=token) == first
        assert "Idempotent" in refused(athena.start, "SELECT 2", ClientRequestToken=token)[1]

    def test_unknown_workgroup_and_execution_are_refused(self, athena: Athena) -> None:
        assert "none-such" in refused(athena.start, "SELECT 1", WorkGroup="none-such")[1]
        missing = str(uuid4())
        _, message, _ = refused(athena.client.get_query_execution, QueryExecutionId=missing)
        assert missing in message

    def test_listed_newest_first_in_pages_and_got_in_batches(
        self, athena: Athena, group: str
    ) -> None:
        ids = [athena.start(f"SELECT {n}", WorkGroup=group) for n in range(5)]
        for query_id in ids:
            athena.wait(query_id)
        pages = athena.client.get_paginator("list_query_executions").paginate(
            WorkGroup=group, PaginationConfig={"PageSize": 2}
        )
        assert [i for page in pages for i in page["QueryExecutionIds"]] == ids[::-1]
        batch = athena.client.batch_get_query_execution(QueryExecutionIds=[ids[0], str(uuid4())])
        assert [e["QueryExecutionId"] for e in batch["QueryExecutions"]] == ids[:1]
        assert len(batch["UnprocessedQueryExecutionIds"]) == 1

    def test_execution_parameters(self, athena: Athena) -> None:
        rows = athena.rows("SELECT ? AS a, ? AS b", ExecutionParameters=["41 + 1", "'it''s'"])
        assert rows == [["a", "b"], ["42", "it's"]]

    def test_a_parameter_that_is_no_constant_is_text_but_not_in_using(self, athena: Athena) -> None:
        sql = "SELECT s FROM (VALUES 'Washington', 'x') AS t(s) WHERE s = ?"
        given = {"ExecutionParameters": ["Washington"]}
        assert athena.rows(sql, **given) == [["s"], ["Washington"]]
        athena.succeed(f"PREPARE of_a_town FROM {sql}")
        assert athena.rows("EXECUTE of_a_town", **given) == [["s"], ["Washington"]]
        status = athena.run("EXECUTE of_a_town USING Washington")["Status"]
        assert "COLUMN_NOT_FOUND" in status["StateChangeReason"]

    def test_result_is_reused_by_age(self, athena: Athena) -> None:
        sql = f"SELECT '{uuid4()}' AS x, CAST(current_timestamp AS varchar) AS y"
        by_age = {"Enabled": True, "MaxAgeInMinutes": 10}
        allowed = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": by_age}}
        first, second = athena.succeed(sql, **allowed), athena.succeed(sql, **allowed)
        reused = second["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
        assert reused
        assert athena.page(first)["ResultSet"] == athena.page(second)["ResultSet"]
        third = athena.succeed(sql)
        assert not third["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
        assert cells(athena.page(third)) != cells(athena.page(first))
        bucket, key = first["ResultConfiguration"]["OutputLocation"][5:].split("/", 1)
        last = third["ResultConfiguration"]["OutputLocation"][5:].split("/", 1)[1]
        for name in (key, last):
            boto3.client("s3").delete_object(Bucket=bucket, Key=name)
        fresh = athena.succeed(sql, **allowed)
        assert not fresh["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]

    def test_stop_ends_a_heavy_query_at_once(self, athena: Athena) -> None:
        query_id = athena.start(HEAVY)
        deadline = time.monotonic() + 20
        state = ""
        while state != "RUNNING" and time.monotonic() < deadline:
            found = athena.client.get_query_execution(QueryExecutionId=query_id)
            state = found["QueryExecution"]["Status"]["State"]
        time.sleep(0.5)
        began = time.monotonic()
        athena.client.stop_query_execution(QueryExecutionId=query_id)
        status = athena.wait(query_id)["Status"]
        assert time.monotonic() - began < 2
        assert status["State"] == "CANCELLED"
        athena.client.stop_query_execution(QueryExecutionId=query_id)

    def test_twenty_queries_run_beside_object_calls(self, athena: Athena) -> None:
        s3 = boto3.client("s3")
        slow = athena.start(HEAVY)
        longest = 0.0
        ids: list[str] = []
        starter = threading.Thread(
            target=lambda: ids.extend(athena.start(f"SELECT {n} AS n") for n in range(20))
        )
        starter.start()
        for number in range(40):
            began = time.monotonic()
            s3.put_object(Bucket="athena-api", Key=f"beside/{number}", Body=b"x" * 1000)
            longest = max(longest, time.monotonic() - began)
        starter.join()
        done = [athena.wait(query_id) for query_id in ids]
        athena.client.stop_query_execution(QueryExecutionId=slow)
        assert [cells(athena.page(d))[1] for d in done] == [[str(n)] for n in range(20)]
        # a blocked event loop would add the whole of a query to one of these calls
        assert longest < 2


def test_a_query_over_the_workgroups_limit_is_cancelled(athena: Athena) -> None:
    limit, name = 10_000_000, f"limit_{uuid4().hex[:8]}"
    athena.client.create_work_group(Name=name, Configuration={"BytesScannedCutoffPerQuery": limit})
    for key, size in (("large", limit + 100), ("small", 100)):
        lines = b"x" * 99 + b"\n"
        boto3.client("s3").put_object(
            Bucket="athena-api", Key=f"{name}/{key}/a", Body=lines * (size // 100)
        )
        athena.succeed(
            f"CREATE EXTERNAL TABLE default.{name}_{key} (s STRING) "
            f"LOCATION 's3://athena-api/{name}/{key}/'"
        )
    members = {"WorkGroup": name, "ResultConfiguration": {"OutputLocation": athena.output}}
    athena.client.update_work_group(
        WorkGroup=name, ConfigurationUpdates={"EnforceWorkGroupConfiguration": False}
    )
    done = athena.run(f"SELECT max(s) FROM default.{name}_large", **members)
    assert done["Status"]["State"] == "CANCELLED"
    assert done["Status"]["StateChangeReason"] == "Bytes scanned limit was exceeded"
    assert done["Statistics"]["DataScannedInBytes"] == limit
    assert athena.succeed(f"SELECT max(s) FROM default.{name}_small", **members)
    for key in ("large", "small"):
        athena.succeed(f"DROP TABLE default.{name}_{key}")
