"""The sheets: what each shows, in which words, and where; a module a sheet."""

from typing import Final

from dashboards.sheets.alerts import ALERTS
from dashboards.sheets.brands import BRANDS
from dashboards.sheets.carts import CARTS
from dashboards.sheets.funnel import FUNNEL
from dashboards.sheets.hours import HOURS
from dashboards.sheets.month import MONTH
from dashboards.sheets.visitors import VISITORS

SHEETS: Final = (MONTH, VISITORS, CARTS, HOURS, BRANDS, FUNNEL, ALERTS)
"""In the order of the tabs."""
