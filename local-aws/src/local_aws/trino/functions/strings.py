"""Functions of text."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.model import Call, Function, arg_type, not_supported
from local_aws.trino.types import TrinoType, array, varchar

# What Java's Character.isWhitespace accepts, which is what trim takes away.
_BLANKS = (
    *range(0x09, 0x0E),
    *range(0x1C, 0x21),
    *(0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x2028, 0x2029, 0x205F, 0x3000),
)
_WHITESPACE = "(" + " || ".join(f"chr({code})" for code in _BLANKS) + ")"


def _concatenated(call: Call) -> str:
    return "(" + " || ".join(arg.sql for arg in call.args) + ")"


def _concat_ws(call: Call) -> str:
    """Join texts, passing NULLs over; a NULL separator makes NULL."""
    return f"concat_ws({', '.join(arg.sql for arg in call.args)})"


def _padded(call: Call) -> str:
    text, size, pad = (arg.sql for arg in call.args)
    wrong_size = raise_in_sql(
        INVALID_ARGUMENT, "'Target length must be in the range [0..2147483647]'"
    )
    wrong_pad = raise_in_sql(INVALID_ARGUMENT, "'Padding string must not be empty'")
    return (
        f"CASE WHEN {size} < 0 THEN {wrong_size} WHEN {pad} = '' THEN {wrong_pad} "
        f"ELSE {call.name}({text}, CAST({size} AS INTEGER), {pad}) END"
    )


def _replaced(call: Call) -> str:
    """Replace every occurrence; an empty search text stands between all characters."""
    text, search = call[0], call[1]
    new = call[2] if len(call.args) > 2 else "''"
    plain = f"replace({text}, {search}, {new})"
    if call.args[1].is_literal and call.args[1].value:
        return plain
    escaped = rf"replace({new}, '\', '\\')"
    spread = f"regexp_replace({text}, '()', {escaped}, 'g')"
    return f"CASE WHEN {search} = '' THEN {spread} ELSE {plain} END"


def joined(items: str, separator: Expr) -> str:
    """Return an array of texts as one, NULLs left out: DuckDB's function takes constants alone."""
    if separator.is_literal:
        return f"array_to_string({items}, {separator.sql})"
    present = f"list_prepend('', list_filter({items}, lambda i_: i_ IS NOT NULL))"
    whole = f"list_reduce({present}, lambda p_, q_: p_ || {separator.sql} || q_)"
    return f"CASE WHEN {items} IS NOT NULL THEN substr({whole}, length({separator.sql}) + 1) END"


def _concat_array(call: Call) -> str:
    return joined(call[1], call.args[0])


def _replaced_type(types: Sequence[TrinoType]) -> TrinoType:
    if len(types) < 3 or not (types[0].args and types[2].args):
        return types[0] if len(types) < 3 else varchar()
    (length,), (new,) = types[0].args, types[2].args
    return varchar(min(2147483647, new + (length * (new + 1))))


def _array_of_first(types: Sequence[TrinoType]) -> TrinoType:
    return array(types[0])


def _split(call: Call) -> str:
    text, delimiter = call[0], call[1]
    empty = raise_in_sql(INVALID_ARGUMENT, "'The delimiter may not be the empty string'")
    parts = f"string_split({text}, {delimiter})"
    if len(call.args) == 2:
        if call.args[1].is_literal and call.args[1].value:
            return parts
        return f"CASE WHEN {delimiter} = '' THEN {empty} ELSE {parts} END"
    limit = call[2]
    wrong = raise_in_sql(INVALID_ARGUMENT, "'Limit must be positive'")
    rest = joined(f"{parts}[{limit}:]", call.args[1])
    return (
        f"CASE WHEN {limit} <= 0 THEN {wrong} WHEN {delimiter} = '' THEN {empty} "
        f"WHEN len({parts}) <= {limit} THEN {parts} "
        f"ELSE list_append({parts}[1:{limit} - 1], {rest}) END"
    )


def _split_part(call: Call) -> str:
    wrong = raise_in_sql(INVALID_ARGUMENT, "'Index must be greater than zero'")
    return (
        f"CASE WHEN {call[2]} <= 0 THEN {wrong} "
        f"ELSE string_split({call[0]}, {call[1]})[{call[2]}] END"
    )


def _pairs(call: Call) -> str:
    """Entries of split_to_map and split_to_multimap as a list of structs k, v."""
    entries = f"list_filter(string_split({call[0]}, {call[1]}), lambda e_: e_ <> '')"
    message = (
        "'Key-value delimiter must appear exactly once in each entry. Bad input: ''' || e_ || ''''"
    )
    wrong = raise_in_sql(INVALID_ARGUMENT, message)
    parts = f"string_split(e_, {call[2]})"
    pair = f"struct_pack(k := {parts}[1], v := {parts}[2])"
    made = f"CASE WHEN len({parts}) <> 2 THEN {wrong} ELSE {pair} END"
    return f"list_transform({entries}, lambda e_: {made})"


def _split_to_map(call: Call) -> str:
    keys = "list_transform(ps_, lambda p_: p_.k)"
    twice = f"list_filter({keys}, lambda k_, i_: list_position({keys}, k_) < i_)[1]"
    wrong = raise_in_sql(INVALID_ARGUMENT, f"'Duplicate keys (' || {twice} || ') are not allowed'")
    made = f"CASE WHEN {twice} IS NOT NULL THEN {wrong} ELSE map_from_entries(ps_) END"
    return f"list_transform([{_pairs(call)}], lambda ps_: {made})[1]"


def _split_to_multimap(call: Call) -> str:
    pairs = _pairs(call)
    keys = f"list_distinct(list_transform({pairs}, lambda p_: p_.k))"
    values = f"list_transform(list_filter({pairs}, lambda q_: q_.k = k_), lambda r_: r_.v)"
    return (
        f"map_from_entries(list_transform(list_sort({keys}), "
        f"lambda k_: struct_pack(k := k_, v := {values})))"
    )


def _nth_position(call: Call) -> str:
    """Place of the n-th occurrence, from the end where n is negative; 0 where there is none."""
    text, search, n = (arg.sql for arg in call.args)
    wrong = raise_in_sql(INVALID_ARGUMENT, "'''instance'' must not be a zero'")
    places = (
        f"list_filter(range(1, length({text}) + 1), "
        f"lambda i_: substr({text}, i_, length({search})) = {search})"
    )
    return (
        f"CASE WHEN {n} = 0 THEN {wrong} WHEN {search} = '' THEN 1 "
        f"ELSE coalesce({places}[{n}], CASE WHEN {text} IS NOT NULL AND {search} IS NOT NULL "
        f"AND {n} IS NOT NULL THEN 0 END) END"
    )


def _characters(sql: str) -> str:
    return f"string_split({sql}, '')"


def _hamming(call: Call) -> str:
    a, b = call[0], call[1]
    wrong = raise_in_sql(
        INVALID_ARGUMENT,
        "'The input strings to hamming_distance function must have the same length'",
    )
    differing = (
        f"len(list_filter(list_zip({_characters(a)}, {_characters(b)}), lambda p_: p_[1] <> p_[2]))"
    )
    return f"CASE WHEN length({a}) <> length({b}) THEN {wrong} ELSE CAST({differing} AS BIGINT) END"


def _levenshtein(call: Call) -> str:
    """Edit distance; DuckDB's counts bytes, so text beyond ASCII goes another way."""
    a, b = call[0], call[1]
    ascii_only = f"strlen({a}) = length({a}) AND strlen({b}) = length({b})"
    return f"CASE WHEN {ascii_only} THEN levenshtein({a}, {b}) ELSE py_levenshtein({a}, {b}) END"


def _chr(call: Call) -> str:
    wrong = raise_in_sql(INVALID_ARGUMENT, f"'Not a valid Unicode code point: ' || {call[0]}")
    bad = f"{call[0]} < 0 OR {call[0]} > 1114111 OR {call[0]} BETWEEN 55296 AND 57343"
    return f"CASE WHEN {bad} THEN {wrong} ELSE chr(CAST({call[0]} AS INTEGER)) END"


def _codepoint(call: Call) -> str:
    kind = call.args[0].type
    if kind.args != (1,):
        raise call.fail(
            f"Unexpected parameters ({kind}) for function codepoint. "
            "Expected: codepoint(varchar(1))",
            "FUNCTION_NOT_FOUND",
        )
    return f"unicode({call[0]})"


def _normalized(call: Call) -> str:
    form = str(call.literal(1, "form"))
    return f"nfc_normalize({call[0]})" if form == "NFC" else f"py_normalize({call[0]}, '{form}')"


_MOST_REPEATED = 10_000


def _substr(call: Call) -> str:
    """Part of a text; the macro, which repeats the text, is for starts that may not be positive."""
    start = call.args[1].value
    positive = call.args[1].is_literal and start is not None and start > 0
    sql = f"{'substr' if positive else 'trino_substr'}({call[0]}, {call[1]})"
    return f"trino_left({sql}, {call[2]})" if len(call.args) > 2 else sql


def _repeated(call: Call) -> str:
    wrong = raise_in_sql(
        INVALID_ARGUMENT, "'count argument of repeat function must be greater than or equal to 0'"
    )
    most = _MOST_REPEATED
    message = f"'count argument of repeat function must be less than or equal to {most}'"
    return (
        f"CASE WHEN {call[1]} < 0 THEN {wrong} "
        f"WHEN {call[1]} > {most} THEN {raise_in_sql(INVALID_ARGUMENT, message)} "
        f"ELSE list_transform(range(least({call[1]}, {most})), lambda i_: {call[0]}) END"
    )


def _upper(call: Call) -> str:
    """Capitals, character by character as Trino has them: ß stays."""
    return f"replace(upper(replace({call[0]}, 'ß', chr(57344))), chr(57344), 'ß')"


FUNCTIONS: list[Function] = [
    *(Function("lower", (kind,), arg_type(0), "lower({0})") for kind in ("varchar", "char")),
    *(Function("upper", (kind,), arg_type(0), _upper) for kind in ("varchar", "char")),
    Function("length", ("varchar",), "bigint", "length({0})"),
    Function("concat", ("varchar", "varchar", "varchar..."), "varchar", _concatenated),
    Function("concat_ws", ("varchar", "array(varchar)"), "varchar", _concat_array),
    Function("concat_ws", ("varchar", "varchar", "varchar..."), "varchar", _concat_ws),
    *(
        Function(name, ("varchar",), arg_type(0), f"{name}({{0}}, {_WHITESPACE})")
        for name in ("trim", "ltrim", "rtrim")
    ),
    *(
        Function(name, ("varchar", "varchar"), arg_type(0), f"{name}({{0}}, {{1}})")
        for name in ("trim", "ltrim", "rtrim")
    ),
    *(
        row
        for name in ("substr", "substring")
        for row in (
            Function(name, ("varchar", "bigint"), arg_type(0), _substr),
            Function(name, ("varchar", "bigint", "bigint"), arg_type(0), _substr),
        )
    ),
    *(
        Function(name, ("varchar", "bigint", "varchar"), "varchar", _padded)
        for name in ("lpad", "rpad")
    ),
    Function("replace", ("varchar", "varchar"), _replaced_type, _replaced),
    Function("replace", ("varchar", "varchar", "varchar"), _replaced_type, _replaced),
    Function(
        "reverse",
        ("varchar",),
        arg_type(0),
        "array_to_string(list_reverse(string_split({0}, '')), '')",
    ),
    Function("repeat", ("T", "bigint"), "array(T)", _repeated),
    Function(
        "strpos",
        ("varchar", "varchar"),
        "bigint",
        "CASE WHEN {1} = '' THEN 1 ELSE strpos({0}, {1}) END",
    ),
    Function("strpos", ("varchar", "varchar", "bigint"), "bigint", _nth_position),
    Function("split", ("varchar", "varchar"), _array_of_first, _split),
    Function("split", ("varchar", "varchar", "bigint"), _array_of_first, _split),
    Function("split_part", ("varchar", "varchar", "bigint"), arg_type(0), _split_part),
    Function("split_to_map", ("varchar",) * 3, "map(varchar,varchar)", _split_to_map),
    Function(
        "split_to_multimap", ("varchar",) * 3, "map(varchar,array(varchar))", _split_to_multimap
    ),
    Function("starts_with", ("varchar", "varchar"), "boolean", "starts_with({0}, {1})"),
    Function("chr", ("bigint",), lambda _: varchar(1), _chr),
    Function("codepoint", ("varchar",), "integer", _codepoint),
    Function("translate", ("varchar",) * 3, "varchar", "translate({0}, {1}, {2})"),
    Function("levenshtein_distance", ("varchar", "varchar"), "bigint", _levenshtein),
    Function("hamming_distance", ("varchar", "varchar"), "bigint", _hamming),
    Function("soundex", ("varchar",), lambda _: varchar(4), "py_soundex({0})"),
    Function("normalize", ("varchar", "varchar"), "varchar", _normalized),
    Function("luhn_check", ("varchar",), "boolean", "py_luhn_check({0})"),
    Function("to_utf8", ("varchar",), "varbinary", "encode({0})"),
    Function("from_utf8", ("varbinary",), "varchar", "py_from_utf8({0}, chr(65533))"),
    Function("from_utf8", ("varbinary", "varchar"), "varchar", "py_from_utf8({0}, {1})"),
    not_supported("word_stem", ("varchar",), arg_type(0)),
    not_supported("word_stem", ("varchar", "varchar"), arg_type(0)),
]

MACROS = [
    "CREATE MACRO trino_substr(s, i) AS CASE WHEN i > 0 THEN substr(s, i)"
    " WHEN i < 0 AND -i <= length(s) THEN substr(s, length(s) + i + 1)"
    " WHEN s IS NOT NULL AND i IS NOT NULL THEN '' END",
    "CREATE MACRO trino_left(s, n) AS left(s, greatest(n, 0))",
]
