"""From raw CSV to the lake.

``raw`` finds and opens the files, ``blocks`` cuts them into whole lines, ``events`` types a block
of good lines at full speed, ``suspects`` looks at any other block line by line, ``parquet`` writes
by day, ``stage`` runs these on this machine; ``in_athena`` has Athena do the same, its rules being
``typing_sql``; ``upload`` brings raw files to S3, ``lake`` publishes, ``partitions``
switches, ``catalog`` says what the tables are, ``known_totals`` what a month must come to.
"""
