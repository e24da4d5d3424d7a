"""Checksums of objects that come in parts: of the whole (FULL_OBJECT) or of the parts' (COMPOSITE).

A whole's CRC is computed from those of its parts, so nothing is read again (user guide, "Checking
object integrity"). ministack knows composites only, and tells each as one of the whole.
"""

import base64
from typing import Any

from local_aws.ministack.foreign import s3
from local_aws.s3 import crc

Answer = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]

COMPOSITE, FULL_OBJECT = "COMPOSITE", "FULL_OBJECT"
_TYPE = "x-amz-checksum-type"
_BYTES = {"crc32": 4, "crc32c": 4, "crc64nvme": 8, "sha1": 20, "sha256": 32}


def install() -> None:
    """Let uploads have the type that they ask for, and objects tell theirs."""
    put, create, tell, attributes = (
        s3._put_object,
        s3._create_multipart_upload,
        s3._object_response_headers,
        s3._get_object_attributes,
    )

    def put_told(bucket: str, key: str, body: bytes, headers: Headers) -> Answer:
        if refused := refused_value(headers):
            return refused
        status, told, answer = put(bucket, key, body, headers)
        if status == 200:
            held = s3._buckets[bucket]["objects"][key].get("checksums") or {}
            told |= {f"x-amz-checksum-{name.lower()}": value for name, value in held.items()}
            told |= {_TYPE: FULL_OBJECT} if held else {}
        return status, told, answer

    def create_of_type(bucket: str, key: str, headers: Headers) -> Answer:
        algorithm, _ = s3._resolve_multipart_checksum_algorithm(headers)
        kind = headers.get(_TYPE, "").upper() or _default(algorithm)
        if refused := _refused(algorithm, kind):
            return refused
        status, told, body = create(bucket, key, headers)
        if status == 200 and algorithm:
            told[_TYPE] = kind
            texts = {each.tag.rpartition("}")[2]: each.text for each in s3.fromstring(body)}
            s3._multipart_uploads[texts["UploadId"]]["checksum_type"] = kind
        return status, told, body

    def tell_type(record: dict[str, Any], *more: Any, **options: Any) -> Headers:
        told: Headers = tell(record, *more, **options)
        if _TYPE in told:
            told[_TYPE] = type_of(record["checksums"])
        return told

    def attributes_of_type(
        bucket: str, key: str, headers: Headers, params: dict[str, list[str]]
    ) -> Answer:
        status, told, body = attributes(bucket, key, headers, params)
        found = s3.fromstring(body) if status == 200 else None
        held = next((each for each in found or () if each.tag.endswith("}Checksum")), None)
        if found is None or held is None or not len(held):
            return status, told, body
        kind = held[-1]
        kind.text = type_of({each.tag: each.text or "" for each in held})
        for value in held[:-1]:
            value.text = (value.text or "").partition("-")[0]
        document: bytes = s3._xml_body(found)
        return status, told, document

    s3.replace("_put_object", put_told)
    s3.replace("_create_multipart_upload", create_of_type)
    s3.replace("_object_response_headers", tell_type)
    s3.replace("_get_object_attributes", attributes_of_type)


def type_of(checksums: dict[str, str]) -> str:
    """Return the type of an object's checksums; a composite ends in the number of its parts."""
    return COMPOSITE if any("-" in value for value in checksums.values()) else FULL_OBJECT


def of_parts(upload: dict[str, Any], parts: list[dict[str, Any]]) -> str | None:
    """Return the checksum of an upload that is complete, None where a part has none."""
    algorithm = upload.get("checksum_algorithm")
    values = [(part.get("checksums") or {}).get(algorithm) for part in parts]
    if upload.get("checksum_type") != FULL_OBJECT:
        composite: str | None = s3._composite_checksum(algorithm, values)
        return composite
    if algorithm is None or None in values:
        return None
    crcs = [int.from_bytes(base64.b64decode(str(value))) for value in values]
    sizes = [part["size"] for part in parts]
    joined = crc.joined(algorithm, list(zip(crcs, sizes, strict=True)))
    width, _ = crc.POLYNOMIALS[algorithm]
    return base64.b64encode(joined.to_bytes(width // 8)).decode()


def refused_value(headers: Headers) -> Answer | None:
    """Return S3's refusal of a checksum that can be none of its algorithm."""
    for name, size in _BYTES.items():
        value = headers.get(f"x-amz-checksum-{name}")
        if value is not None and not _is_base64_of(size, value):
            text = f"Value for x-amz-checksum-{name} header is invalid."
            refused: Answer = s3._error("InvalidRequest", text, 400)
            return refused
    return None


def _is_base64_of(size: int, value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == size
    except ValueError:
        return False


def refused_part(upload: dict[str, Any] | None, headers: Headers) -> Answer | None:
    """Return S3's refusal of a part's checksum: none, or of another algorithm than its upload's."""
    if refused := refused_value(headers):
        return refused
    expected = str((upload or {}).get("checksum_algorithm") or "").lower()
    given = [name for name in s3._S3_CHECKSUM_HEADERS if f"x-amz-checksum-{name}" in headers]
    if not expected or not given or expected in given:
        return None
    text = "Checksum Type mismatch occurred, expected checksum Type: "
    text += f"{expected}, actual checksum Type: {given[0]}"
    answer: Answer = s3._error("InvalidRequest", text, 400)
    return answer


def _default(algorithm: str | None) -> str:
    return FULL_OBJECT if algorithm == "CRC64NVME" else COMPOSITE


def _refused(algorithm: str | None, kind: str) -> Answer | None:
    text = f"The {kind} checksum type cannot be used with the {algorithm or ''} checksum algorithm."
    possible = {FULL_OBJECT: algorithm in crc.POLYNOMIALS, COMPOSITE: algorithm != "CRC64NVME"}
    if possible.get(kind, False):
        return None
    refused: Answer = s3._error("InvalidRequest", text, 400)
    return refused
