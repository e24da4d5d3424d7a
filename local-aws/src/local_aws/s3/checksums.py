"""Checksums of objects that come in parts: of the whole (FULL_OBJECT) or of the parts' (COMPOSITE).

A whole's CRC is computed from those of its parts, so nothing is read again (user guide, "Checking
object integrity"). ministack knows composites only, and tells each as one of the whole.
"""

import base64
from typing import Any

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]

COMPOSITE, FULL_OBJECT = "COMPOSITE", "FULL_OBJECT"
_TYPE = "x-amz-checksum-type"
# width in bits and the reversed polynomial
_CRC = {
    "CRC32": (32, 0xEDB88320),
    "CRC32C": (32, 0x82F63B78),
    "CRC64NVME": (64, 0x9A6C9329AC4BC9B5),
}


def install() -> None:
    """Let uploads have the type that they ask for, and objects tell theirs."""
    create, tell, attributes = (
        s3._create_multipart_upload,
        s3._object_response_headers,
        s3._get_object_attributes,
    )

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
    sizes = [part["size"] for part in parts]
    return _joined(algorithm, list(zip(values, sizes, strict=True)))


def _default(algorithm: str | None) -> str:
    return FULL_OBJECT if algorithm == "CRC64NVME" else COMPOSITE


def _refused(algorithm: str | None, kind: str) -> Answer | None:
    text = f"The {kind} checksum type cannot be used with the {algorithm or ''} checksum algorithm."
    possible = {FULL_OBJECT: algorithm in _CRC, COMPOSITE: algorithm != "CRC64NVME"}
    if possible.get(kind, False):
        return None
    refused: Answer = s3._error("InvalidRequest", text, 400)
    return refused


def _joined(algorithm: str, parts: list[tuple[str, int]]) -> str:
    """Return the CRC of what follows each other, of each one's CRC and size in bytes."""
    width, polynomial = _CRC[algorithm]
    joined = 0
    for value, size in parts:
        moved = _product(_power(8 * size, width, polynomial), joined, width, polynomial)
        joined = moved ^ int.from_bytes(base64.b64decode(value))
    return base64.b64encode(joined.to_bytes(width // 8)).decode()


def _power(exponent: int, width: int, polynomial: int) -> int:
    """Return x to an exponent, modulo the polynomial; the highest bit is the lowest power."""
    result, base = 1 << (width - 1), 1 << (width - 2)
    while exponent:
        if exponent & 1:
            result = _product(result, base, width, polynomial)
        base = _product(base, base, width, polynomial)
        exponent >>= 1
    return result


def _product(left: int, right: int, width: int, polynomial: int) -> int:
    result = 0
    for place in range(width - 1, -1, -1):
        if left >> place & 1:
            result ^= right
        right = (right >> 1) ^ polynomial if right & 1 else right >> 1
    return result
