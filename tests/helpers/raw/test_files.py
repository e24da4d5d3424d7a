"""Which files are data, and what is said of those that are not."""

import zipfile
from pathlib import Path

import boto3
import pytest

from helpers import aws
from helpers.errors import InputError
from helpers.events import FIELDS
from helpers.raw import files, reader

HEADER = ",".join(FIELDS)
GOOD = "2019-10-01 00:00:00 UTC,view,1,2,a.b,acme,35.79,3,s"
TEXT = f"{HEADER}\n{GOOD}\n"


@pytest.fixture
def made_on_a_mac(tmp_path: Path) -> Path:
    """A folder and an archive with what a Mac, Spark and editors leave beside the data."""
    folder = tmp_path / "raw"
    for name in ("a.csv", "._a.csv", "_tmp.csv", ".hidden/b.csv", "_temporary/0/c.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXT if name == "a.csv" else "no events\n")
    with zipfile.ZipFile(folder / "pack.zip", "w") as archive:
        archive.writestr("in/b.csv", TEXT)
        for name in ("__MACOSX/in/._b.csv", "._c.csv", "in/.d.csv", "in/_e/f.csv"):
            archive.writestr(name, "no events\n")
    return folder


def test_names_that_begin_with_a_dot_or_underscore_are_no_data(made_on_a_mac, aws_env):
    found = files.find(str(made_on_a_mac))
    assert [file.name for file in found] == ["a.csv", "pack.zip/in/b.csv"]
    aws.client.cache_clear()
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="made-on-a-mac")
    for path in made_on_a_mac.rglob("*.*"):
        if path.is_file():
            key = f"incoming/_2019/{path.relative_to(made_on_a_mac)}"
            s3.upload_file(str(path), "made-on-a-mac", key)
    there = files.find("s3://made-on-a-mac/incoming/_2019/")
    assert [file.name for file in there] == ["a.csv", "pack.zip/in/b.csv"]
    for file in [*found, *there]:
        (rows,) = reader.read(file)
        assert rows.events["user_id"].to_list() == [3]
        assert rows.lines.to_list() == [2]


def test_a_file_that_is_named_and_no_data_is_refused(made_on_a_mac):
    with pytest.raises(InputError, match=r"names that begin with \. or _ are no data"):
        files.find(str(made_on_a_mac / "._a.csv"))


@pytest.mark.parametrize("content", ["", "time,type\n1,2\n"])
def test_a_bad_member_of_an_archive_is_named(tmp_path, content):
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("good.csv", TEXT)
        archive.writestr("in/bad.csv", content)
    _, bad = files.find(str(tmp_path / "pack.zip"))
    with pytest.raises(InputError, match=r"pack\.zip, in/bad\.csv"):
        list(reader.read(bad))


def test_an_object_that_is_replaced_while_it_is_read_is_named(aws_env):
    aws.client.cache_clear()
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="replaced")
    s3.put_object(Bucket="replaced", Key="a.csv", Body=TEXT.encode())
    (file,) = files.find("s3://replaced/a.csv")
    s3.put_object(Bucket="replaced", Key="a.csv", Body=TEXT.encode() * 2)
    with pytest.raises(InputError, match="replaced while it was read"):
        list(reader.read(file))


def test_a_file_of_many_quoted_rows_has_its_lines_numbered(tmp_path):
    fields = ",".join(f'"{field}"' for field in GOOD.split(","))
    bad = fields.replace('"view"', '"click"')
    (tmp_path / "q.csv").write_text("\n".join([HEADER, *[fields] * 150_000, bad, fields]))
    (file,) = files.find(str(tmp_path / "q.csv"))
    blocks = list(reader.read(file))
    assert len(blocks) > 1
    lines = [line for block in blocks for line in block.lines]
    assert lines == [*range(2, 150_002), 150_003]
    assert [row for block in blocks for row in block.bad.rows()] == [
        (150_002, "unknown event_type", bad)
    ]
