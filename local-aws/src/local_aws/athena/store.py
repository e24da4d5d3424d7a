"""What Athena remembers."""

from typing import Literal

from local_aws.documents import Document, Documents

__all__ = ["Document", "Kind", "Store"]

Kind = Literal[
    "workgroup",
    "named_query",
    "prepared_statement",
    "data_catalog",
    "tags",
    "execution",
    "request_token",
    "reusable_result",
]
Store = Documents[Kind]
