"""Tables of the catalog as DuckDB relations over the files of the partitions that matter."""

from local_aws.engine.scan.relation import open_scans

__all__ = ["open_scans"]
