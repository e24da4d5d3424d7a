"""QuickSight: data sources, data sets with what SPICE holds of them, dashboards as definitions.

An ingestion asks the local Athena in the role of its data source, and holds the rows as a file of
the data folder. Nothing draws: a dashboard is checked, kept in versions and given back.
"""
