"""From raw files, as `helpers.raw` reads them, to the lake.

``load`` is the whole; ``parquet`` writes by day and ``stage`` does so on this machine;
``in_athena`` has Athena do the same, its rules being ``typing_sql``; ``upload`` brings raw files to
S3, ``lake`` publishes, ``partitions`` switches, ``catalog`` says what the tables are, ``facts``
what came in, ``known_totals`` what a month must come to.
"""
