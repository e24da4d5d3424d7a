"""Published totals that the generated data follow.

Source: the aggregates of October and November 2019 of the REES46 multi-category store data set
(Open CDP), as published per day, per hour and for both months together in
pomagrenate/eCommerce-behavior-data-from-multi-category-store, ``public/data``, computed with
DuckDB in UTC. No row of the data set is here.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple


class DayTotals(NamedTuple):
    """What one whole day of the real shop held."""

    events: int
    users: int
    sessions: int
    carts: int
    purchases: int


class HourTotals(NamedTuple):
    """What one hour of the day held, summed over both months."""

    events: int
    carts: int
    purchases: int


FIRST_DAY: Final = date(2019, 10, 1)

DAYS: Final = (
    DayTotals(1244245, 190188, 268737, 16658, 19307),  # 2019-10-01
    DayTotals(1191328, 184965, 261252, 17268, 19469),  # 2019-10-02
    DayTotals(1127303, 170668, 241086, 19323, 19255),  # 2019-10-03
    DayTotals(1417190, 209410, 300651, 43829, 27041),  # 2019-10-04
    DayTotals(1330339, 194958, 276914, 35497, 23494),  # 2019-10-05
    DayTotals(1318379, 193210, 273034, 32146, 22171),  # 2019-10-06
    DayTotals(1200531, 186951, 263437, 18052, 21378),  # 2019-10-07
    DayTotals(1370633, 221204, 308348, 18442, 23072),  # 2019-10-08
    DayTotals(1347543, 214140, 301219, 18432, 22748),  # 2019-10-09
    DayTotals(1284077, 205321, 295142, 18997, 21993),  # 2019-10-10
    DayTotals(1495343, 230533, 333407, 21450, 26224),  # 2019-10-11
    DayTotals(1479896, 208355, 304374, 20691, 25373),  # 2019-10-12
    DayTotals(1639071, 225942, 333508, 24833, 29561),  # 2019-10-13
    DayTotals(1454702, 209089, 307692, 44858, 28405),  # 2019-10-14
    DayTotals(1542225, 230135, 334648, 49548, 26372),  # 2019-10-15
    DayTotals(1522390, 230199, 328743, 45279, 31394),  # 2019-10-16
    DayTotals(1407007, 208477, 302842, 40378, 28318),  # 2019-10-17
    DayTotals(1481799, 229463, 334977, 40144, 25850),  # 2019-10-18
    DayTotals(1449293, 217920, 321300, 39465, 24657),  # 2019-10-19
    DayTotals(1509992, 231849, 339943, 40534, 25098),  # 2019-10-20
    DayTotals(1405416, 225269, 321282, 36675, 25167),  # 2019-10-21
    DayTotals(1416872, 223384, 316706, 36953, 25385),  # 2019-10-22
    DayTotals(1381126, 219100, 310453, 36407, 24731),  # 2019-10-23
    DayTotals(1316501, 206937, 293587, 35723, 23999),  # 2019-10-24
    DayTotals(1435328, 223258, 318055, 36815, 23929),  # 2019-10-25
    DayTotals(1347268, 202172, 289579, 34776, 22653),  # 2019-10-26
    DayTotals(1388553, 201359, 289835, 34256, 23403),  # 2019-10-27
    DayTotals(1260880, 195563, 281001, 17838, 21112),  # 2019-10-28
    DayTotals(1227910, 193168, 276723, 17455, 20374),  # 2019-10-29
    DayTotals(1210145, 191965, 274906, 16996, 20817),  # 2019-10-30
    DayTotals(1245479, 198571, 281446, 16798, 20099),  # 2019-10-31
    DayTotals(1445360, 223108, 320904, 18911, 22458),  # 2019-11-01
    DayTotals(1555538, 234685, 338769, 19350, 21864),  # 2019-11-02
    DayTotals(1567774, 240187, 343373, 20211, 22145),  # 2019-11-03
    DayTotals(1793128, 275612, 396756, 21960, 26889),  # 2019-11-04
    DayTotals(1717244, 262338, 376362, 19231, 24875),  # 2019-11-05
    DayTotals(1694821, 256887, 367143, 19670, 25319),  # 2019-11-06
    DayTotals(1796833, 278988, 396201, 19446, 24863),  # 2019-11-07
    DayTotals(1896402, 286053, 444456, 77369, 25714),  # 2019-11-08
    DayTotals(1877906, 268643, 410390, 70132, 22768),  # 2019-11-09
    DayTotals(1940575, 276198, 417584, 71590, 22878),  # 2019-11-10
    DayTotals(2009390, 292400, 463241, 75164, 24931),  # 2019-11-11
    DayTotals(1987569, 285994, 453789, 69711, 22725),  # 2019-11-12
    DayTotals(2019165, 285408, 459245, 71650, 22548),  # 2019-11-13
    DayTotals(3069726, 308842, 561857, 170472, 22124),  # 2019-11-14
    DayTotals(6220416, 379786, 766025, 483305, 0),  # 2019-11-15
    DayTotals(6502957, 487327, 992493, 406778, 68247),  # 2019-11-16
    DayTotals(6395377, 487501, 976305, 426941, 185195),  # 2019-11-17
    DayTotals(2021512, 319537, 502403, 83197, 28537),  # 2019-11-18
    DayTotals(1728541, 290798, 441975, 72545, 24967),  # 2019-11-19
    DayTotals(1700086, 291900, 442737, 72404, 24947),  # 2019-11-20
    DayTotals(1677336, 287079, 436409, 75581, 25266),  # 2019-11-21
    DayTotals(1568243, 249401, 381950, 70216, 24187),  # 2019-11-22
    DayTotals(1561716, 249362, 372945, 64816, 22243),  # 2019-11-23
    DayTotals(1591765, 240526, 358213, 68109, 23163),  # 2019-11-24
    DayTotals(1593582, 257613, 395919, 71433, 24827),  # 2019-11-25
    DayTotals(1654879, 252527, 386571, 71645, 24226),  # 2019-11-26
    DayTotals(1646456, 256546, 386385, 71397, 24443),  # 2019-11-27
    DayTotals(1658378, 253979, 391713, 71541, 24305),  # 2019-11-28
    DayTotals(1854426, 286699, 450853, 92394, 32107),  # 2019-11-29
    DayTotals(1754878, 255497, 391840, 81761, 28178),  # 2019-11-30
)

HOURS: Final = (
    HourTotals(755539, 20460, 5771),
    HourTotals(1402424, 42242, 9741),
    HourTotals(2745296, 87929, 25124),
    HourTotals(3949563, 153230, 55970),
    HourTotals(4982552, 204527, 85235),
    HourTotals(5569872, 233738, 101432),
    HourTotals(5823993, 246479, 109432),
    HourTotals(5920460, 252577, 112111),
    HourTotals(6079148, 257025, 120458),
    HourTotals(6005441, 254534, 126617),
    HourTotals(5924965, 251789, 120946),
    HourTotals(5776755, 243416, 111582),
    HourTotals(5726176, 224527, 103145),
    HourTotals(6263336, 219917, 98809),
    HourTotals(7013663, 222856, 96837),
    HourTotals(7431991, 223795, 90231),
    HourTotals(7565811, 212868, 81993),
    HourTotals(7149551, 191137, 76215),
    HourTotals(5391767, 163150, 47967),
    HourTotals(3716881, 107071, 33811),
    HourTotals(2175813, 65933, 20045),
    HourTotals(1263940, 38360, 12597),
    HourTotals(753640, 22519, 8126),
    HourTotals(562166, 15367, 5593),
)

PRODUCTS: Final = 206_876
BRANDS: Final = 4_303
CATEGORY_IDS: Final = 691

NULL_CODE_SHARE: Final = 35_413_780 / 109_950_743
NULL_BRAND_SHARE: Final = 15_331_243 / 109_950_743
ZERO_PRICE_SHARE: Final = 19 / 17_434  # of the real rows of 2019-10-01 00:00 to 02:50
DUPLICATE_SHARE: Final = 5 / 17_434  # of the same rows
REVENUE_PER_PURCHASE: Final = 505_152_392.77 / 1_659_788
LEADING_CATEGORY_SHARE: Final = 0.27  # rows that share the smartphones' category_id

PURCHASE_SESSIONS: Final = 1_402_758
CART_AND_PURCHASE_SESSIONS: Final = PURCHASE_SESSIONS - 462_538

VISITORS: Final = 9_000_000
"""People who may come: with ``VISITOR_EXPONENT`` fitted so that the drawn visits of a month meet as
many different users as were counted (3,022,290, 3,696,117 and 5,316,649 in both months)."""
VISITOR_EXPONENT: Final = 0.88


def totals_of(day: date) -> DayTotals:
    """Give the totals that a generated day follows.

    Parameters
    ----------
    day
        Any day. Outside October and November 2019 it follows the day of the same weekday in the
        first four weeks of October 2019.

    Examples
    --------
    >>> totals_of(date(2019, 11, 15)).purchases
    0
    """
    index = (day - FIRST_DAY).days
    return DAYS[index] if 0 <= index < len(DAYS) else DAYS[index % 28]


def days_between(first: date, last: date) -> list[date]:
    """Give every day from ``first`` to ``last``, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
