"""Which files are data, and what is said of those that are not."""

import gzip
import zipfile
from pathlib import Path

import boto3
import pytest

from helpers import aws
from helpers.errors import InputError
from helpers.events import FIELDS
from helpers.ingest import load, upload
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


OTHER_PACKINGS = (
    "x.tar",
    "x.tar.gz",
    "x.tgz",
    "x.7z",
    "x.csv.bz2",
    "x.csv.zst",
    "x.gz",
    "X.CSV.XZ",
)


@pytest.mark.parametrize("name", OTHER_PACKINGS)
def test_what_is_packed_in_a_way_that_is_not_read_is_named_and_not_passed_over(tmp_path, name):
    (tmp_path / "a.csv").write_text(TEXT)
    (tmp_path / name).write_text("packed")
    with pytest.raises(InputError, match=f"{name} is packed in a way that is not read"):
        files.find(str(tmp_path))
    with pytest.raises(InputError, match=f"{name} ends in none of"):
        files.find(str(tmp_path / name))


@pytest.mark.parametrize("name", [*OTHER_PACKINGS, "d/x.csv.gz", "x.zip"])
def test_what_an_archive_holds_packed_is_named_and_not_passed_over(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr(name, "packed")
    with pytest.raises(InputError, match=rf"pack\.zip: {name} is packed in a way"):
        files.find(str(tmp_path / "pack.zip"))


@pytest.mark.parametrize(
    ("members", "said"),
    [([], "but nothing"), (["README.txt", "d/"], "but README.txt"), (["_a.csv"], "but _a.csv")],
)
def test_an_archive_without_events_is_named_also_beside_others(tmp_path, members, said):
    (tmp_path / "a.csv").write_text(TEXT)
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        for member in members:
            archive.writestr(member, "" if member.endswith("/") else "text")
    with pytest.raises(InputError, match=rf"pack\.zip has no \.csv in it, {said}: is it the right"):
        files.find(str(tmp_path))


@pytest.mark.parametrize(
    "name",
    ["./x.csv", "../x.csv", "/abs/x.csv", "d\\x.csv", "дані é.csv", "a b&c=d;e.CSV", "a.zip.csv"],
)
def test_a_member_is_read_whatever_its_folder_and_letters(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr(name, TEXT)
    (found,) = files.find(str(tmp_path / "pack.zip"))
    (rows,) = reader.read(found)
    assert rows.events["user_id"].to_list() == [3]


def test_an_archive_of_64_bit_sizes_is_read(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive,
        archive.open("a.csv", "w", force_zip64=True) as member,
    ):
        member.write(TEXT.encode())
    (found,) = files.find(str(tmp_path / "pack.zip"))
    (rows,) = reader.read(found)
    assert rows.events["user_id"].to_list() == [3]


def test_an_encrypted_member_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("a.csv", TEXT)
    packed = bytearray((tmp_path / "pack.zip").read_bytes())
    packed[packed.rindex(b"PK\1\2") + 8] |= 1
    (tmp_path / "pack.zip").write_bytes(packed)
    with pytest.raises(InputError, match=r"a\.csv is encrypted: unpack it first"):
        files.find(str(tmp_path / "pack.zip"))


def test_two_files_of_one_name_are_refused_whatever_their_months(tmp_path):
    for month in ("10", "11"):
        (tmp_path / month).mkdir()
        (tmp_path / month / "a.csv").write_text(TEXT.replace("2019-10", f"2019-{month}"))
    found = files.find(str(tmp_path))
    said = r"two raw files are called a\.csv, .*10/a\.csv and .*11/a\.csv: rename one"
    with pytest.raises(InputError, match=said):
        upload.plan(found, bucket="any")
    with pytest.raises(InputError, match=said):
        load.load(found, bucket="any", database="any", table="any")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT.encode("utf-16"), "it is UTF-16 or UTF-32, save it as UTF-8"),
        (TEXT.encode("utf-16-be"), "it is UTF-16 or UTF-32, save it as UTF-8"),
        (TEXT.encode("utf-16-le"), "it is UTF-16 or UTF-32, save it as UTF-8"),
        (TEXT.encode("utf-32"), "it is UTF-16 or UTF-32, save it as UTF-8"),
        (gzip.compress(TEXT.encode(), mtime=0), "it is a .gz, whatever its name says"),
        (b"PK\3\4\0\0", "it is a .zip, whatever its name says"),
        (b"PAR1\0\0", "it is a Parquet file"),
        (b"7z\xbc\xaf\x27\x1c", "it is a .7z"),
        (f"\n{TEXT}".encode(), "its first line is empty"),
        (b"\xef\xbb\xbf", "its first line is empty"),
        (TEXT.replace(HEADER, HEADER.upper()).encode(), "write its names in small letters"),
        (TEXT.replace(HEADER, f"{HEADER},").encode(), "it has a column without a name too"),
        (TEXT.replace("\n", "\r").encode(), "carriage returns alone"),
        (TEXT.replace(",", ";").encode(), "parted by ';'"),
    ],
)
def test_a_file_with_another_header_is_told_what_to_do(tmp_path, content, said):
    (tmp_path / "a.csv").write_bytes(content)
    (found,) = files.find(str(tmp_path / "a.csv"))
    with pytest.raises(InputError) as caught:
        list(reader.read(found))
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (gzip.compress(TEXT.encode(), mtime=0)[:-1], "damaged or cut off"),
        (gzip.compress(TEXT.encode(), mtime=0)[:5], "damaged or cut off"),
        (gzip.compress(TEXT.encode(), mtime=0) + b"more", "damaged or cut off"),
        (TEXT.encode(), "damaged or cut off"),
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
    ],
)
def test_a_gz_that_is_not_whole_is_named(tmp_path, packed, said):
    (tmp_path / "a.csv.gz").write_bytes(packed)
    (found,) = files.find(str(tmp_path / "a.csv.gz"))
    with pytest.raises(InputError, match=rf"a\.csv\.gz .*{said}"):
        list(reader.read(found))


def test_a_gz_of_several_members_and_a_padded_one_are_read(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(
        gzip.compress(TEXT.encode(), mtime=0) + gzip.compress(f"{GOOD}\n".encode()) + bytes(512)
    )
    (found,) = files.find(str(tmp_path / "a.csv.gz"))
    (rows,) = reader.read(found)
    assert rows.events["user_id"].to_list() == [3, 3]
