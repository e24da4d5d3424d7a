"""A note as the application that Managed Service for Apache Flink runs.

`promotion` decides what of a note is the application, `main_file` writes it as Python, `archive`
packs it with the connector, `runtime` knows what the service allows.
"""
