"""The Glue Data Catalog: databases, tables with their versions, and partitions.

The records live in ministack's own stores, so that CloudFormation, persistence and the Iceberg
surface see the same catalog. This package answers the catalog actions in front of them, because
ministack ignores partition expressions and paging, has no UpdatePartition, BatchDeletePartition,
table versions or SearchTables, keeps upper-case names and merges instead of replacing on update.
Every other Glue action goes on to ministack.
"""

from local_aws.glue.errors import GlueError

__all__ = ["GlueError"]
