"""Functions of binaries: hashes, encodings, URLs."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.model import Call, Function, arg_type, not_supported

_URL = r"^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$"
_LEGAL = r"[^\s<>\"{}|\\^`]*"


def _from_hex(call: Call) -> str:
    bad = f"regexp_extract({call[0]}, '[^0-9a-fA-F]')"
    wrong = raise_in_sql(
        INVALID_ARGUMENT, f"'not a hexadecimal digit: \"' || {bad} || '\" = ' || unicode({bad})"
    )
    odd = raise_in_sql(INVALID_ARGUMENT, f"'invalid input length ' || length({call[0]})")
    return (
        f"CASE WHEN length({call[0]}) % 2 = 1 THEN {odd} WHEN {bad} <> '' THEN {wrong} "
        f"ELSE unhex({call[0]}) END"
    )


def _big_endian(bits: int) -> str:
    return f"unhex(lpad(hex(CAST({{0}} AS HUGEINT) & {2**bits - 1}), {bits // 4}, '0'))"


def _url_part(group: int, around: str = "{}", *, optional: bool = False) -> Callable[[Call], str]:
    """Part of a URL, NULL where the text is no URL or lacks a part that is optional."""

    def emit(call: Call) -> str:
        found = f"regexp_extract({call[0]}, '{_URL}', {group})"
        some = f"nullif({found}, '')" if optional else found
        legal = f"regexp_full_match({call[0]}, '{_LEGAL}')"
        return around.format(f"CASE WHEN {legal} THEN {some} END")

    return emit


def _refused_binary(name: str) -> Function:
    return not_supported(name, ("varbinary",), "varbinary")


FUNCTIONS: list[Function] = [
    *(
        Function(name, ("varbinary",), "varbinary", f"unhex({name}({{0}}))")
        for name in ("md5", "sha1", "sha256")
    ),
    Function("sha512", ("varbinary",), "varbinary", "py_sha512({0})"),
    *(
        Function(
            f"hmac_{name}",
            ("varbinary", "varbinary"),
            "varbinary",
            f"py_hmac({{0}}, {{1}}, '{name}')",
        )
        for name in ("md5", "sha1", "sha256", "sha512")
    ),
    Function("crc32", ("varbinary",), "bigint", "py_crc32({0})"),
    *(_refused_binary(name) for name in ("spooky_hash_v2_32", "spooky_hash_v2_64")),
    Function("xxhash64", ("varbinary",), "varbinary", "py_xxhash64({0})"),
    Function("murmur3", ("varbinary",), "varbinary", "py_murmur3({0})"),
    Function("to_hex", ("varbinary",), "varchar", "hex({0})"),
    Function("from_hex", ("varchar",), "varbinary", _from_hex),
    Function("to_base64", ("varbinary",), "varchar", "to_base64({0})"),
    Function("from_base64", ("varchar",), "varbinary", "py_from_base64({0})"),
    Function("to_base64url", ("varbinary",), "varchar", "translate(to_base64({0}), '+/', '-_')"),
    Function(
        "from_base64url", ("varchar",), "varbinary", "py_from_base64(translate({0}, '-_', '+/'))"
    ),
    Function("to_base32", ("varbinary",), "varchar", "py_to_base32({0})"),
    Function("from_base32", ("varchar",), "varbinary", "py_from_base32({0})"),
    Function("to_big_endian_64", ("bigint",), "varbinary", _big_endian(64)),
    Function("to_big_endian_32", ("integer",), "varbinary", _big_endian(32)),
    Function("from_big_endian_64", ("varbinary",), "bigint", "py_from_big_endian({0}, 8)"),
    Function(
        "from_big_endian_32",
        ("varbinary",),
        "integer",
        "CAST(py_from_big_endian({0}, 4) AS INTEGER)",
    ),
    Function("to_ieee754_64", ("double",), "varbinary", "py_to_ieee754({0}, 8)"),
    Function("from_ieee754_64", ("varbinary",), "double", "py_from_ieee754({0}, 8)"),
    Function("to_ieee754_32", ("real",), "varbinary", "py_to_ieee754({0}, 4)"),
    Function("from_ieee754_32", ("varbinary",), "real", "CAST(py_from_ieee754({0}, 4) AS FLOAT)"),
    Function("length", ("varbinary",), "bigint", "octet_length({0})"),
    Function(
        "concat",
        ("varbinary", "varbinary", "varbinary..."),
        "varbinary",
        lambda call: "(" + " || ".join(arg.sql for arg in call.args) + ")",
    ),
    Function("reverse", ("varbinary",), "varbinary", "py_binary_reverse({0})"),
    Function(
        "substr", ("varbinary", "bigint"), "varbinary", "py_binary_substr({0}, {1}, 2147483647)"
    ),
    Function(
        "substr", ("varbinary", "bigint", "bigint"), "varbinary", "py_binary_substr({0}, {1}, {2})"
    ),
    Function(
        "lpad",
        ("varbinary", "bigint", "varbinary"),
        "varbinary",
        "py_binary_pad({0}, {1}, {2}, TRUE)",
    ),
    Function(
        "rpad",
        ("varbinary", "bigint", "varbinary"),
        "varbinary",
        "py_binary_pad({0}, {1}, {2}, FALSE)",
    ),
    Function("uuid", (), "uuid", "gen_random_uuid()", volatile=True),
    Function("url_extract_protocol", ("varchar",), arg_type(0), _url_part(1)),
    Function("url_extract_host", ("varchar",), arg_type(0), _url_part(2)),
    Function(
        "url_extract_port",
        ("varchar",),
        "bigint",
        _url_part(3, "CAST({} AS BIGINT)", optional=True),
    ),
    Function("url_extract_path", ("varchar",), arg_type(0), _url_part(4, "url_decode({})")),
    Function("url_extract_query", ("varchar",), arg_type(0), _url_part(5, "url_decode({})")),
    Function("url_extract_fragment", ("varchar",), arg_type(0), _url_part(6, "url_decode({})")),
    Function(
        "url_extract_parameter", ("varchar", "varchar"), arg_type(0), "py_url_parameter({0}, {1})"
    ),
    Function(
        "url_encode",
        ("varchar",),
        "varchar",
        "replace(replace(replace(url_encode({0}), '%20', '+'), '~', '%7E'), '%2A', '*')",
    ),
    Function("url_decode", ("varchar",), arg_type(0), "py_url_decode({0})"),
]
