"""DataBrew on servers of its own: policies enforced, and what outlives a kill."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from athena_client import Athena
from databrew_jobs import ended
from iam_roles import Server, allow, arn
from local_aws import testing

pytestmark = pytest.mark.server  # it starts servers of its own

TRUST = {"Service": "databrew.amazonaws.com"}
BUCKET = "brewing"
READS = [
    allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/in/*"),
    allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
]
WRITES = allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/out/*")


def _dataset(server: Server) -> None:
    s3 = server.root("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"a,b\n1,x\n")
    place = {"S3InputDefinition": {"Bucket": BUCKET, "Key": "in/"}}
    server.root("databrew").create_dataset(Name="data", Input=place, Format="CSV")


def _run(server: Server, role: str) -> dict[str, Any]:
    client = server.root("databrew")
    client.create_profile_job(
        Name=role,
        DatasetName="data",
        RoleArn=f"arn:aws:iam::000000000000:role/{role}",
        OutputLocation={"Bucket": BUCKET, "Key": "out/"},
    )
    return ended(client, role, client.start_job_run(Name=role)["RunId"])


def test_a_job_has_the_rights_of_its_role_and_callers_those_of_their_policies(
    tmp_path: Path,
) -> None:
    with testing.running(tmp_path, "--iam") as endpoint:
        server = Server(endpoint, tmp_path)
        _dataset(server)
        told = _run(server, server.role(*READS, WRITES, trusts=TRUST, name="whole"))
        assert told["State"] == "SUCCEEDED", told

        told = _run(server, server.role(*READS, trusts=TRUST, name="reader"))
        assert told["State"] == "FAILED"
        assert "s3:PutObject" in told["ErrorMessage"]
        assert f"arn:aws:s3:::{BUCKET}/out/data_" in told["ErrorMessage"]

        told = _run(server, server.role(WRITES, trusts=TRUST, name="blind"))
        assert "s3:ListBucket" in told["ErrorMessage"]

        told = _run(
            server,
            server.role(
                *READS, WRITES, name="untrusting", trusts={"Service": "lambda.amazonaws.com"}
            ),
        )
        assert "sts:AssumeRole" in told["ErrorMessage"]

        whole = "arn:aws:iam::000000000000:role/whole"
        acting = server.acting(
            allow(["databrew:StartJobRun", "databrew:DescribeJob"], arn("databrew", "job/whole")),
            allow("databrew:CreateProfileJob"),
            name="caller",
        )("databrew")
        acting.start_job_run(Name="whole")
        acting.describe_job(Name="whole")
        for denied, call, given in (
            ("databrew:StartJobRun", acting.start_job_run, {"Name": "reader"}),
            ("databrew:DescribeDataset", acting.describe_dataset, {"Name": "data"}),
            ("databrew:ListJobs", acting.list_jobs, {}),
            (
                "iam:PassRole",
                acting.create_profile_job,
                {
                    "Name": "mine",
                    "DatasetName": "data",
                    "RoleArn": whole,
                    "OutputLocation": {"Bucket": BUCKET},
                },
            ),
        ):
            with pytest.raises(ClientError, match=denied) as refused:
                call(**given)
            assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_what_was_confirmed_outlives_a_kill_and_what_ran_has_failed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = Server(process.stdout.readline().split()[1], tmp_path)
        _dataset(server)
        done = _run(server, "quick")
        athena = Athena(server.root("athena"), f"s3://{BUCKET}/results/")
        athena.succeed(
            "CREATE VIEW endless AS SELECT a FROM UNNEST(SEQUENCE(1, 10000)) AS t (a) "
            "CROSS JOIN UNNEST(SEQUENCE(1, 10000)) AS u (b) "
            "CROSS JOIN UNNEST(SEQUENCE(1, 99)) AS w (c)"
        )
        client = server.root("databrew")
        place = {"DatabaseName": "default", "TableName": "endless"}
        client.create_dataset(Name="endless", Input={"DataCatalogInputDefinition": place})
        client.create_profile_job(
            Name="slow",
            DatasetName="endless",
            RoleArn="arn:aws:iam::000000000000:role/any",
            OutputLocation={"Bucket": BUCKET},
            JobSample={"Mode": "FULL_DATASET"},
        )
        slow = client.start_job_run(Name="slow")["RunId"]
        process.send_signal(signal.SIGKILL)
    with testing.running(tmp_path) as endpoint:
        client = Server(endpoint, tmp_path).root("databrew")
        assert client.describe_job_run(Name="quick", RunId=done["RunId"])["State"] == "SUCCEEDED"
        told = client.describe_job_run(Name="slow", RunId=slow)
        assert (told["State"], told["ErrorMessage"]) == (
            "FAILED",
            "The local AWS ended while the job ran.",
        )
        assert client.describe_dataset(Name="data")["Source"] == "S3"
