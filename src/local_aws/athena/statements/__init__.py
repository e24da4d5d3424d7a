"""Athena's statements: what kind a text is, and running it. One module a kind of statement."""

from local_aws.athena.statements.dispatch import Kind, classify, run

__all__ = ["Kind", "classify", "run"]
