"""The folders that hold a version of a partition each: whose they are, and those that go.

Several tables may lie in one bucket, of one database or of several; none removes what another has.
"""

import datetime
from collections.abc import Iterable
from typing import Final

from helpers import aws, paths, s3

_ORPHAN_AGE: Final = datetime.timedelta(days=1)


def owner(database: str, table: str) -> str:
    """Say how the names of a table's versions begin: other tables may keep theirs beside them."""
    return f"{database}.{table}-"


def remove_orphans(
    bucket: str,
    prefix: str,
    *,
    own: str,
    locations: Iterable[str],
    former: Iterable[str],
    replaced: Iterable[str],
) -> None:
    """Remove a table's files that none of its partitions points at.

    Parameters
    ----------
    bucket, prefix : str
        Where to look.
    own : str
        How its versions' names begin, from `owner`.
    locations, former : iterable of str
        Where its partitions point, and where some pointed before this run.
    replaced : iterable of str
        Prefixes of what this run replaced. What killed runs left elsewhere goes a day later.
    """
    folder = f"load={own}"
    mine = [*map(_key_of, former), *(f"{each}{folder}" for each in replaced)]
    remove_unused(bucket, prefix, locations, mine, f"/{folder}")


def remove_unused(
    bucket: str, prefix: str, locations: Iterable[str], mine: Iterable[str], old: str
) -> None:
    """Remove the files below a prefix that nothing points at.

    Parameters
    ----------
    bucket, prefix : str
        Where to look.
    locations : iterable of str
        The folders that are in use.
    mine : iterable of str
        Prefixes below which files go at once.
    old : str
        What keys contain of which those of yesterday and before go: younger ones may belong to an
        ingest under way.
    """
    used = set(map(_key_of, locations))
    prefixes = tuple(mine)
    before = datetime.datetime.now(datetime.UTC) - _ORPHAN_AGE
    orphans = [
        {"Key": found.key}
        for found in s3.objects(bucket, prefix)
        if found.key.rpartition("/")[0] + "/" not in used
        and (found.key.startswith(prefixes) or (old in found.key and found.modified < before))
    ]
    for begin in range(0, len(orphans), 1000):
        aws.client("s3").delete_objects(
            Bucket=bucket, Delete={"Objects": orphans[begin : begin + 1000], "Quiet": True}
        )


def _key_of(location: str) -> str:
    return paths.split_s3(location)[1].rstrip("/") + "/"
