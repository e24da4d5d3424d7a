"""Properties of tables and SerDes that change what is read.

Those that the readers here honour are read where they count: ``skip.header.line.count`` in
`serde`; delimiters, escapes and the text of NULL in `text`; characters in `quoted`; those of JSON
in `json_text`; ``timestamp.formats`` in `primitives`; ``parquet.column.index.access`` in
`relation`; ``projection.*`` in `projection`. Below are those that only some values of are read by:
any other value is refused by the property's name. Whatever else a table says about itself changes
no value and passes.
"""

from collections.abc import Mapping
from typing import Final

from local_aws.engine.context import QueryError

_READ_ONLY_AS: Final[dict[str, tuple[str, ...]]] = {
    "line.delim": ("", "\n", "\\n", "10"),
    "textinputformat.record.delimiter": ("", "\n"),
    "serialization.encoding": ("", "utf-8", "utf8", "us-ascii"),
    "serialization.escape.crlf": ("", "false"),
    "skip.footer.line.count": ("", "0"),
    "transactional": ("", "false"),
    "hive.lazysimple.extended_boolean_literal": ("", "false"),
    "strip.outer.array": ("", "false"),
    "parquet.crypto.factory.class": ("",),
    "store.charset": ("", "utf-8", "utf8"),
    "retrieve.charset": ("", "utf-8", "utf8"),
}


def check_properties(properties: Mapping[str, str]) -> None:
    """Refuse properties by which nothing here reads.

    Raises
    ------
    QueryError
        NOT_SUPPORTED with the property's name and value.
    """
    for name, value in properties.items():
        known = _READ_ONLY_AS.get(name.lower())
        if known is not None and str(value).lower() not in known:
            raise QueryError(f"NOT_SUPPORTED: property {name}={value!r} is not supported here")
