"""What DataBrew remembers."""

from typing import Literal

from local_aws.documents import Document, Documents

__all__ = ["Document", "Kind", "Store"]

Kind = Literal["dataset", "ruleset", "recipe", "published", "job", "run", "schedule"]
"""A recipe is what is being worked on; published are its versions, each owned by its name."""
Store = Documents[Kind]
