"""Athena's statements: what kind a text is, and running it. One module a kind of statement."""

from local_aws.engine.statements.dispatch import Statement, parse, run

__all__ = ["Statement", "parse", "run"]
