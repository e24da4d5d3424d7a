"""Hive's data definition language, as Athena reads it: text in, statements as data out."""

from local_aws.engine.hive.parser import parse_ddl

__all__ = ["parse_ddl"]
