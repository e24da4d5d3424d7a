"""Which brands sell less than their peers."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import COLUMNS, HALF, Placed, Sheet, until
from dashboards.visuals import Text, bar, scatter, table

BRANDS: Final = Sheet(
    "brands",
    "Brands",
    "Which brands are seen but bought less than their peers in the same categories, on all days.",
    "brands",
    (
        until("brands"),
        Placed(
            scatter(
                "brands-peers",
                "brands",
                "brand",
                Text(
                    "Seen and bought",
                    "A brand's purchases ÷ views against what its peers' conversion would give; "
                    "brands with too few views for a verdict are in the table below.",
                    "A dot a brand in the colour of its verdict, larger with more views: to the "
                    "right where its peers sell more, up where it sells more itself.",
                ),
                x=Value("expected_conversion", "percent"),
                y=Value("conversion", "percent"),
                size=Value("views"),
                colour="verdict",
            ),
            0,
            HALF,
            3,
            12,
            (("verdict", "too few views", False),),
        ),
        Placed(
            bar(
                "brands-shortfall",
                "brands",
                "brand",
                [Value("shortfall_revenue", "money")],
                Text(
                    "Revenue missing",
                    "Expected less actual purchases, at the mean price of the brand's events; a "
                    "brand opens into its categories, these into products; the sums hold.",
                    "Bars by brand, the largest shortfall in revenue first; each opens into its "
                    "categories and their levels, these into products.",
                ),
                horizontal=True,
                most=15,
                drill=["category", "category_2", "category_3", "product_id"],
            ),
            HALF,
            HALF,
            3,
            12,
        ),
        Placed(
            table(
                "brands-table",
                "brands",
                ["brand", "verdict"],
                [
                    Value("views"),
                    Value("purchases"),
                    Value("conversion", "percent"),
                    Value("conversion_low", "percent"),
                    Value("conversion_high", "percent"),
                    Value("peer_conversion", "percent"),
                    Value("shortfall_purchases", "number"),
                    Value("shortfall_revenue", "money"),
                    Value("chance", "percent"),
                ],
                Text(
                    "Verdicts",
                    "Interval, peers, chance and verdict are of all the brand's categories, "
                    "whatever is chosen.",
                    "A table with a row a brand: conversion with its 95 % interval, its peers', "
                    "what is missing, and whether chance explains it.",
                ),
                largest="shortfall_revenue",
            ),
            0,
            COLUMNS,
            15,
            12,
        ),
    ),
)
