"""A local AWS that enforces policies and has little SPICE, with a lake of one table."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from iam_roles import ACCOUNT, Server
from local_aws import testing
from local_aws.quicksight.spice import CAPACITY
from quicksight_client import (
    ASK,
    BYTES,
    LAKE,
    LIST,
    OBJECTS,
    QUICKSIGHT,
    READ,
    RESULTS,
    WORKGROUP,
    WRITE,
    Quick,
)


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quick]:
    """Run the server, with a table, a role that may read it and a data source in that role."""
    folder = tmp_path_factory.mktemp("quicksight")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # of this server alone
            patch.setenv(CAPACITY.name, str(BYTES))
            endpoint = stack.enter_context(testing.running(folder, "--iam"))
        server = Server(endpoint, folder)
        for bucket in (LAKE, RESULTS):
            server.root("s3").create_bucket(Bucket=bucket)
        location = {"OutputLocation": f"s3://{RESULTS}/"}
        configuration = {"ResultConfiguration": location, "EnforceWorkGroupConfiguration": True}
        athena = server.root("athena")
        athena.create_work_group(Name=WORKGROUP, Configuration=configuration)
        server.root("glue").create_database(DatabaseInput={"Name": "shop"})
        role = server.role(ASK, READ, OBJECTS, WRITE, LIST, trusts=QUICKSIGHT, name="reads")
        role = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        made = Quick(server, server.root("quicksight"), athena, role)
        columns = "brand STRING, seen BIGINT, price DOUBLE"
        made.sql(f"CREATE EXTERNAL TABLE shop.events ({columns}) LOCATION 's3://{LAKE}/events/'")
        rows = "('apple', 3, 1.5), ('bosch', 4, 0.25), ('acer, inc', 5, 2)"
        made.sql(f"INSERT INTO shop.events VALUES {rows}")
        made.sql(
            """
            CREATE VIEW shop.days AS
            SELECT
                DATE '2019-10-01' AS day,
                brand,
                seen,
                CAST(seen * price AS DECIMAL(12, 2)) AS revenue
            FROM shop.events
            """
        )
        assert made.source("lake", role)["Status"] == "CREATION_SUCCESSFUL"
        yield made
