"""ListObjectVersions: pages in the order of keys, prefixes among them.

ministack lists all common prefixes first, so that each page repeats them, and goes on with an
object without versions after its own marker.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]
_MOST = 1000


def install() -> None:
    """Replace ministack's list."""
    s3.replace("_list_object_versions", list_versions)


def list_versions(bucket_name: str, query_params: dict[str, list[str]]) -> Answer:
    """ListObjectVersions."""
    if bucket_name not in s3._buckets:
        missing: Answer = s3._no_such_bucket(bucket_name)
        return missing
    prefix, delimiter, key, version, encoding = (
        s3._qp(query_params, name)
        for name in ("prefix", "delimiter", "key-marker", "version-id-marker", "encoding-type")
    )
    asked = s3._qp(query_params, "max-keys") or str(_MOST)
    if not asked.isdecimal():
        text = "Provided max-keys not an integer or within integer range"
        refused: Answer = s3._error("InvalidArgument", text, 400)
        return refused
    if version and not key:
        text = "A version-id marker cannot be specified without a key marker."
        refused = s3._error("InvalidArgument", text, 400)
        return refused
    most = min(int(asked), _MOST)
    rows = _rows(bucket_name, prefix, delimiter, key, version)
    page = list(islice(rows, most))
    more = bool(page) and next(rows, None) is not None

    def name(text: str) -> str:
        return str(s3._url_encode(text)) if encoding == "url" else text

    root = Element("ListVersionsResult", xmlns=s3.S3_NS)
    told = {"Name": bucket_name, "Prefix": name(prefix), "KeyMarker": name(key)}
    told |= {"VersionIdMarker": version, "MaxKeys": asked, "IsTruncated": str(more).lower()}
    told |= {"Delimiter": name(delimiter)} if delimiter else {}
    told |= {"EncodingType": encoding} if encoding else {}
    if more:
        last, record = page[-1]
        told["NextKeyMarker"] = name(last)
        told |= {"NextVersionIdMarker": record["version_id"]} if record else {}
    for member, text in told.items():
        SubElement(root, member).text = text
    for text, record in page:
        if record:
            _tell(root, name(text), record)
        else:
            SubElement(SubElement(root, "CommonPrefixes"), "Prefix").text = name(text)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return 200, {"Content-Type": "application/xml"}, document


def _rows(
    bucket: str, prefix: str, delimiter: str, marker: str, version_marker: str
) -> Iterator[tuple[str, Record | None]]:
    """Find what comes after the markers: a key with a version, newest first, or a prefix."""
    objects = s3._buckets[bucket]["objects"]
    names = {*objects, *(key for name, key in s3._object_versions if name == bucket)}
    last = None
    for key in sorted(each for each in names if each.startswith(prefix)):
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        if cut >= 0:
            group = key[: cut + len(delimiter)]
            if group > marker and group != last:
                last = group
                yield group, None
        elif key > marker or (key == marker and version_marker):
            found = _versions(bucket, key, objects)
            if key == marker:
                ids = [each["version_id"] for each in found]
                found = found[ids.index(version_marker) + 1 :] if version_marker in ids else []
            yield from ((key, each) for each in found)


def _versions(bucket: str, key: str, objects: dict[str, Record]) -> list[Record]:
    if kept := s3._object_versions.get((bucket, key)):
        return [*reversed(kept)]
    current = objects[key]
    return [{**current, "version_id": current.get("version_id") or "null", "is_latest": True}]


def _tell(root: Element, key: str, record: Record) -> None:
    marker = bool(record.get("is_delete_marker"))
    element = SubElement(root, "DeleteMarker" if marker else "Version")
    told = {
        "Key": key,
        "VersionId": record["version_id"],
        "IsLatest": str(bool(record["is_latest"])).lower(),
        "LastModified": record["last_modified"],
    }
    if not marker:
        told |= {"ETag": record["etag"], "Size": str(record["size"])}
        told["StorageClass"] = record.get("storage_class") or "STANDARD"
    for member, text in told.items():
        SubElement(element, member).text = text
    if not marker:
        for algorithm in record.get("checksums") or ():
            SubElement(element, "ChecksumAlgorithm").text = algorithm
    SubElement(SubElement(element, "Owner"), "ID").text = s3._canonical_owner_id()
