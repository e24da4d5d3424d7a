"""The data set's own names: the fields of an event and the kinds of events."""

from typing import Final

FIELDS: Final = (
    "event_time",
    "event_type",
    "product_id",
    "category_id",
    "category_code",
    "brand",
    "price",
    "user_id",
    "user_session",
)

EVENT_TYPES: Final = ("view", "cart", "remove_from_cart", "purchase")
