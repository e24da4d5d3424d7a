"""What jobs write: into the run's scratch folder, then whole into S3."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local_aws import objects
from local_aws.databrew.errors import JobError
from local_aws.databrew.relation import Relation, check_owner, identifier, literal
from local_aws.databrew.store import Document
from local_aws.engine.context import Context

JSON_TYPE = "application/json"
_SUFFIXES = {"CSV": "csv", "JSON": "json", "PARQUET": "parquet", "GLUEPARQUET": "glueparquet"}
_CODECS = {"GZIP": "gz", "ZSTD": "zst", "SNAPPY": "snappy", "BROTLI": "br", "LZ4": "lz4"}


def folder(location: Document) -> str:
    """Return the prefix of an output's location, which ends with a slash unless it is empty."""
    key = location.get("Key", "").lstrip("/")
    return f"{key}/" if key and not key.endswith("/") else key


def put(context: Context, location: Document, key: str, source: Path, content_type: str) -> None:
    """Put a finished file into a job's bucket.

    Raises
    ------
    JobError
        Where the bucket is not there, or is not the owner's that was named.
    """
    context.check_cancelled()
    check_owner(context, location)
    try:
        objects.put_file(location["Bucket"], key, source, content_type)
    except objects.NoSuchBucketError:
        raise JobError(f"The bucket {location['Bucket']} doesn't exist.") from None


def put_text(context: Context, location: Document, key: str, text: str) -> None:
    """Put a text as a JSON file, see `put`."""
    file = context.scratch / "output.json"
    file.write_text(text, encoding="utf-8")
    put(context, location, key, file, JSON_TYPE)


def write(context: Context, relation: Relation, job: Document, run: Document) -> list[Document]:
    """Write what a recipe made, to every output of the job.

    Returns
    -------
    list of dict
        The outputs, with the folder or file that each was written to.
    """
    written = []
    for number, each in enumerate(job["Outputs"]):
        target = context.scratch / f"output_{number}"
        _copy(context, relation, each, target)
        written.append(_publish(context, job, run, each, target))
    return written


def _copy(context: Context, relation: Relation, output: Document, target: Path) -> None:
    kind = output.get("Format", "CSV")
    options = [f"FORMAT {'parquet' if kind.endswith('PARQUET') else kind.lower()}"]
    if kind == "CSV":
        delimiter = output.get("FormatOptions", {}).get("Csv", {}).get("Delimiter", ",")
        options += ["HEADER true", f"DELIMITER {literal(delimiter)}"]
    compression = output.get("CompressionFormat")
    if compression:
        options.append(f"COMPRESSION {literal(_duckdb(compression))}")
    keys = output.get("PartitionColumns", [])
    for key in keys:
        if relation.column(key) is None:
            raise JobError(f"There is no column {key} to partition by.")
    if keys:
        options.append(f"PARTITION_BY ({', '.join(map(identifier, keys))})")
        options.append("WRITE_PARTITION_COLUMNS false")
    options_sql = ", ".join(options)
    context.check_cancelled()
    context.connection.execute(
        f"COPY (SELECT * FROM {relation.name}) TO {literal(str(target))} ({options_sql})"
    )


def _duckdb(compression: str) -> str:
    return {"LZ4": "lz4_raw"}.get(compression, compression.lower())


def _publish(
    context: Context, job: Document, run: Document, output: Document, target: Path
) -> Document:
    location = output["Location"]
    place = folder(location)
    name = job["Name"]
    if output.get("Overwrite"):
        for old in objects.list_objects(location["Bucket"], place) if place else []:
            objects.delete(location["Bucket"], old.key)
    else:
        started = time.gmtime(run["StartedOn"])
        name = f"{name}_{time.strftime('%d%b%Y', started)}_{round(run['StartedOn'] * 1000)}"
        place = f"{place}{name}/"
    kind = output.get("Format", "CSV")
    compression = output.get("CompressionFormat")
    suffix = _SUFFIXES[kind] + (f".{_CODECS[compression]}" if compression else "")
    files: Sequence[Any] = (
        sorted(file for file in target.rglob("*") if file.is_file())
        if target.is_dir()
        else [target]
    )
    for number, file in enumerate(files):
        inside = file.parent.relative_to(target).as_posix() if target.is_dir() else "."
        below = "" if inside == "." else f"{inside}/"
        key = f"{place}{below}{name}_part{number:05}.{suffix}"
        put(context, location, key, file, "application/octet-stream")
    return {**output, "Location": {**location, "Key": place}}
