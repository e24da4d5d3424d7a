"""The datasets of the dashboard: the view behind each, its columns, and what may be added up.

The same names and types for QuickSight and for the page. What a view holds is in ``sql/``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from helpers.errors import InputError
from helpers.names import nearest

SQL: Final = Path(__file__).parent / "sql"

Type = Literal["STRING", "INTEGER", "DECIMAL", "DATETIME"]
"""A column's type as QuickSight calls it (``InputColumnDataType``)."""
Adds = Literal["by", "sum", "distinct", "median", "repeated", "latest"]
"""How rows of a column are put together: they are told apart ``by`` it; its ``sum`` is right over
any rows; it counts ``distinct`` things, or is a ``median`` or an end of its interval, and is right
for one row alone; of what is ``repeated`` (a fact of the brand in each of its rows, a most) and of
the ``latest`` the greatest is taken."""

NO_CODE: Final = "(no code)"
NO_BRAND: Final = "(no brand)"
OTHERS: Final = "(others)"


@dataclass(frozen=True)
class Column:
    """One column of a dataset.

    Attributes
    ----------
    name : str
        In the view, in QuickSight and on the page.
    type : str
        As QuickSight calls it. Ids are texts: they exceed 2^53, where JSON's numbers and SPICE's
        shown ones end.
    adds : str
        Whether and how rows are put together.
    says : str
        What it says.
    """

    name: str
    type: Type
    adds: Adds
    says: str


@dataclass(frozen=True)
class Dataset:
    """One view, as a dataset.

    Attributes
    ----------
    name : str
        Its identifier in the definition, such as ``days``; the view is ``dashboard_days``.
    title : str
        For people.
    grain : str
        What one row is.
    columns : tuple of Column
        In the view's order.
    """

    name: str
    title: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def view(self) -> str:
        """The view's name in the Glue database."""
        return f"dashboard_{self.name}"

    @property
    def sql(self) -> Path:
        """The file with the view's statement; its parameters are those of `dashboards.views`."""
        return SQL / f"{self.view}.sql"

    def column(self, name: str) -> Column:
        """Give a column by its name; `InputError` names the nearest where there is none."""
        known = {column.name: column for column in self.columns}
        if name not in known:
            raise InputError(f"{self.view} has no column {name!r}: {nearest(name, known)}.")
        return known[name]

    def has(self, name: str) -> bool:
        """Say whether there is a column of this name."""
        return any(column.name == name for column in self.columns)


_DAY: Final = Column("day", "DATETIME", "by", "UTC day")
_CATEGORY: Final = Column(
    "category", "STRING", "by", f"first level of the category's code, or {NO_CODE}"
)
_CATEGORIES: Final = (
    _CATEGORY,
    Column("category_2", "STRING", "by", f"first two levels, of the most seen, or {OTHERS}"),
    Column("category_3", "STRING", "by", f"first three levels, of the most seen, or {OTHERS}"),
)
_BRAND: Final = Column("brand", "STRING", "by", f"one of the most seen, {OTHERS} or {NO_BRAND}")
_PRODUCT: Final = Column("product_id", "STRING", "by", f"product, or {OTHERS}")
_WEEKDAY: Final = Column("weekday", "STRING", "by", "1 Mon to 7 Sun")
_CARTS: Final = (
    Column("carted", "INTEGER", "sum", "pairs of user and product put in the cart that day"),
    Column("left_in_cart", "INTEGER", "sum", "of these, pairs not bought that day"),
    Column("bought_later", "INTEGER", "sum", "of those left, pairs bought some days after"),
    Column("value_left", "DECIMAL", "sum", "price of each pair left, once"),
)
_ACTIVITY: Final = (
    Column("views", "INTEGER", "sum", "view events"),
    Column("carts", "INTEGER", "sum", "cart events"),
    Column("purchases", "INTEGER", "sum", "purchase events"),
    Column("revenue", "DECIMAL", "sum", "prices of the purchases"),
)


def _median(what: str, says: str) -> tuple[Column, ...]:
    """Half of them took no longer; the interval's ends are none of fewer than six."""
    return tuple(
        Column(f"seconds_{what}{end}", "INTEGER", "median", f"{said} seconds {says}")
        for end, said in (
            ("", "median of the"),
            ("_low", "lower end of the 95 % interval of the median:"),
            ("_high", "upper end of the 95 % interval of the median:"),
        )
    )


_VIEWS, _, _PURCHASES, _REVENUE = _ACTIVITY

DATASETS: Final = (
    Dataset(
        "days",
        "Days",
        "a UTC day with events",
        (
            _DAY,
            _WEEKDAY,
            Column("visitors", "INTEGER", "distinct", "different users of the day"),
            Column("new_visitors", "INTEGER", "sum", "visitors first seen that day"),
            Column("returning_visitors", "INTEGER", "distinct", "visitors seen on a day before"),
            Column("sessions", "INTEGER", "distinct", "visits; one across midnight counts twice"),
            *_ACTIVITY,
            Column("buyers", "INTEGER", "distinct", "visitors with a purchase that day"),
            Column("data_until", "DATETIME", "latest", "time of the last event of all, UTC"),
        ),
    ),
    Dataset(
        "carts",
        "Carts",
        "a UTC day, category and brand with a carted pair",
        (_DAY, *_CATEGORIES, _BRAND, *_CARTS),
    ),
    Dataset(
        "hours",
        "Hours",
        "a UTC day, local weekday and hour, and category; those without activity too",
        (
            _DAY,
            _WEEKDAY,
            Column("hour", "INTEGER", "by", "hour of the wall clock, 0 to 23"),
            *_CATEGORIES,
            *_ACTIVITY,
            Column(
                "expected_views",
                "DECIMAL",
                "sum",
                "the category's share of all views with a code, times the hour's; none without one",
            ),
        ),
    ),
    Dataset(
        "brands",
        "Brands",
        "a product among the most seen of its brand and category, or (others), of brands whose "
        "categories have other brands too",
        (
            _BRAND,
            *_CATEGORIES,
            _PRODUCT,
            _VIEWS,
            _PURCHASES,
            _REVENUE,
            Column("expected_purchases", "DECIMAL", "sum", "views times the peers' conversion"),
            Column("shortfall_purchases", "DECIMAL", "sum", "expected purchases less purchases"),
            Column("shortfall_revenue", "DECIMAL", "sum", "the shortfall at the mean price"),
            Column("conversion_low", "DECIMAL", "repeated", "lower end of the 95 % interval"),
            Column("conversion_high", "DECIMAL", "repeated", "upper end of the 95 % interval"),
            Column("peer_conversion", "DECIMAL", "repeated", "conversion of the brand's peers"),
            Column(
                "chance", "DECIMAL", "repeated", "that chance alone does so, for so many brands"
            ),
            Column("verdict", "STRING", "by", "whether the brand is clearly below its peers"),
        ),
    ),
    Dataset(
        "products",
        "Products",
        "a product among the first of its brand and category by value left, or (others)",
        (
            *_CATEGORIES,
            _BRAND,
            _PRODUCT,
            *_CARTS,
        ),
    ),
    Dataset(
        "alerts",
        "Alerts",
        "a minute and rule with a detection",
        (
            _DAY,
            Column("minute", "DATETIME", "by", "minute of the first action, event time, UTC"),
            Column("rule", "STRING", "by", "sliding, early or tumbling"),
            Column("alerts", "INTEGER", "sum", "detections; each rule reports a burst for itself"),
            Column("users", "INTEGER", "distinct", "different users of the minute and rule"),
            Column("most_actions", "INTEGER", "repeated", "most actions of one detection"),
        ),
    ),
    Dataset(
        "funnel",
        "Funnel",
        "a UTC day, category, trait and its value; sums are right within one trait",
        (
            _DAY,
            *_CATEGORIES,
            Column("trait", "STRING", "by", "by what the pairs are told apart"),
            Column("trait_value", "STRING", "by", "what they have of it"),
            Column("viewed", "INTEGER", "sum", "products viewed, once a session"),
            Column("carted", "INTEGER", "sum", "of these, put in the cart after the view"),
            Column("bought", "INTEGER", "sum", "of these, bought after the cart"),
            Column("bought_without_cart", "INTEGER", "sum", "viewed and bought, without a cart"),
        ),
    ),
    Dataset(
        "decisions",
        "Decisions",
        "all products, a category, a price band or both; sums are right within one level",
        (
            Column("level", "STRING", "by", "all, category, price, category and price"),
            Column("of_category", "STRING", "by", f"first level of the code, {NO_CODE} or (all)"),
            Column("price_band", "STRING", "by", "price at which it was viewed, or (all)"),
            Column("viewed", "INTEGER", "sum", "products viewed, once a session"),
            Column("carted", "INTEGER", "sum", "of these, put in the cart after the view"),
            Column("bought", "INTEGER", "sum", "of these, bought after the cart"),
            Column("views_before_cart", "INTEGER", "sum", "views of the carted, up to the cart"),
            *_median("to_cart", "from the first view to the cart"),
            *_median("to_purchase", "from the cart to the purchase"),
        ),
    ),
)
"""In the order of the sheets that show them first."""

BY_NAME: Final = {dataset.name: dataset for dataset in DATASETS}
