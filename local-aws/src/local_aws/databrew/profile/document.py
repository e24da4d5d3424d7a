"""A profile as the service writes it: keys in its order, names and all."""

from collections.abc import Callable
from typing import Any

from local_aws.databrew.profile.columns import ColumnStatistics
from local_aws.databrew.profile.configuration import DEFAULTS, merged
from local_aws.databrew.profile.statistics import Bin
from local_aws.databrew.relation import NUMBERS
from local_aws.databrew.store import Document

Parameters = dict[str, dict[str, str]]
Member = Callable[[ColumnStatistics, Parameters], Any]


def kind_of(type_name: str) -> str:
    """Return which of the default configurations a column of a type has."""
    if type_name in NUMBERS:
        return "numericColumn"
    return "stringColumn" if type_name == "string" else "booleanColumn"


def column(
    counted: ColumnStatistics, override: Document, correlations: Document | None
) -> Document:
    """Write one column.

    Parameters
    ----------
    counted : ColumnStatistics
        Of the column.
    override : dict
        What overrides the defaults.
    correlations : dict or None
        With each selected numeric column; None where it is not one of them.
    """
    type_name = str(counted.column.type)
    kind = kind_of(type_name)
    included, parameters = merged(DEFAULTS["columnConfiguration"][kind], override)
    told: Document = {"name": counted.column.name, "type": type_name}
    if correlations is not None:
        told["correlations"] = correlations
    told["columnConfigurationOverride"] = override
    for name, statistic, member in _MEMBERS[kind]:
        if statistic in included:
            told[name] = member(counted, parameters)
            if name == "zScoreOutliersCount" and (mild := _mild(counted, parameters)) is not None:
                told["zScoreMildOutliersCount"] = mild
    return told


def _bins(bins: list[Bin], *, open_below: bool = False) -> list[Document]:
    told = [{"bucket": [each.low, each.high], "count": each.count} for each in bins]
    if len(told) > 1:  # the one range of equal values has both its ends
        told[-1]["bucket"] = [bins[-1].low, "inf"]
        if open_below:
            told[0]["bucket"] = ["-inf", bins[0].high]
    return told


def _values(pairs: list[tuple[Any, int]]) -> list[Document]:
    return [{"value": value, "count": count} for value, count in pairs]


def _first(pairs: list[tuple[Any, int]]) -> Any:
    return pairs[0][0] if pairs else None


def _mild(counted: ColumnStatistics, parameters: Parameters) -> int | None:
    given = parameters["OUTLIER_DETECTION"]
    if "mildThreshold" not in given:
        return None
    return counted.numbers.outliers(float(given["mildThreshold"]), float(given["threshold"]))


def _outlying(counted: ColumnStatistics, parameters: Parameters) -> list[Document]:
    given = parameters["OUTLIER_DETECTION"]
    beyond = float(given.get("mildThreshold", given["threshold"]))
    found = counted.numbers.outlying(beyond, given["sampleSize"])
    return [{"value": value, "zScore": score} for value, score in found]


def _range(counted: ColumnStatistics, _: Parameters) -> Any:
    numbers = counted.numbers
    return numbers.max - numbers.min if numbers.total else None


def _quartiles(counted: ColumnStatistics, _: Parameters) -> float | None:
    low, high = counted.numbers.quantiles[0.25], counted.numbers.quantiles[0.75]
    return None if low is None or high is None else high - low


def _bin_number(statistic: str, parameters: Parameters) -> int:
    return int(parameters[statistic]["binNumber"])


_DISTINCT: tuple[str, str, Member] = (
    "distinctValuesCount",
    "DISTINCT_VALUES_COUNT",
    lambda c, _: c.values.distinct,
)
_UNIQUE: tuple[str, str, Member] = (
    "uniqueValuesCount",
    "UNIQUE_VALUES_COUNT",
    lambda c, _: c.values.unique,
)
_ENTROPY: tuple[str, str, Member] = ("entropy", "ENTROPY", lambda c, _: c.values.entropy)
_COMMON: tuple[str, str, Member] = (
    "mostCommonValues",
    "MOST_COMMON_VALUES",
    lambda c, p: _values(c.values.most_common(p["MOST_COMMON_VALUES"]["sampleSize"])),
)
_MISSING: tuple[str, str, Member] = (
    "missingValuesCount",
    "MISSING_VALUES_COUNT",
    lambda c, _: c.missing,
)
_MAX: tuple[str, str, Member] = ("max", "MAX", lambda c, _: c.numbers.max)
_MEAN: tuple[str, str, Member] = ("mean", "MEAN", lambda c, _: c.numbers.mean)
_MIN: tuple[str, str, Member] = ("min", "MIN", lambda c, _: c.numbers.min)
_DEVIATION: tuple[str, str, Member] = (
    "standardDeviation",
    "STANDARD_DEVIATION",
    lambda c, _: c.numbers.deviation,
)
_MEDIAN: tuple[str, str, Member] = ("median", "MEDIAN", lambda c, _: c.numbers.quantiles[0.5])
_MODE: tuple[str, str, Member] = ("mode", "MODE", lambda c, _: _first(c.numbers.most_common("1")))
_DISTRIBUTION: tuple[str, str, Member] = (
    "valueDistribution",
    "VALUE_DISTRIBUTION",
    lambda c, p: _bins(c.numbers.distribution(_bin_number("VALUE_DISTRIBUTION", p))),
)
_OUTLIERS: tuple[str, str, Member] = (
    "zScoreOutliersCount",
    "OUTLIER_DETECTION",
    lambda c, p: c.numbers.outliers(float(p["OUTLIER_DETECTION"]["threshold"])),
)
_OUTLIER_SAMPLE: tuple[str, str, Member] = ("zScoreOutliersSample", "OUTLIER_DETECTION", _outlying)


def _percentile(share: float) -> Member:
    return lambda c, _: c.numbers.quantiles[share]


_MEMBERS: dict[str, tuple[tuple[str, str, Member], ...]] = {
    "booleanColumn": (_DISTINCT, _UNIQUE, _ENTROPY, _COMMON, _MISSING),
    "stringColumn": (
        _DISTINCT,
        _UNIQUE,
        _ENTROPY,
        _COMMON,
        _MISSING,
        _MAX,
        _MEAN,
        _MIN,
        _DEVIATION,
        _MEDIAN,
        _MODE,
        _DISTRIBUTION,
        _OUTLIERS,
        _OUTLIER_SAMPLE,
    ),
    "numericColumn": (
        _DISTINCT,
        _UNIQUE,
        _ENTROPY,
        _COMMON,
        _MISSING,
        ("kurtosis", "KURTOSIS", lambda c, _: c.numbers.kurtosis),
        _MAX,
        _MEAN,
        _MIN,
        ("skewness", "SKEWNESS", lambda c, _: c.numbers.skewness),
        _DEVIATION,
        ("sum", "SUM", lambda c, _: c.numbers.sum),
        ("zerosCount", "ZEROS_COUNT", lambda c, _: c.numbers.zeros),
        ("variance", "VARIANCE", lambda c, _: c.numbers.variance),
        ("range", "RANGE", _range),
        ("percentile5", "PERCENTILES", _percentile(0.05)),
        ("percentile25", "PERCENTILES", _percentile(0.25)),
        ("percentile75", "PERCENTILES", _percentile(0.75)),
        ("percentile95", "PERCENTILES", _percentile(0.95)),
        _MEDIAN,
        ("interquartileRange", "INTER_QUARTILE_RANGE", _quartiles),
        _MODE,
        (
            "minimumValues",
            "MINIMUM_VALUES",
            lambda c, p: _values(c.numbers.least(p["MINIMUM_VALUES"]["sampleSize"])),
        ),
        (
            "maximumValues",
            "MAXIMUM_VALUES",
            lambda c, p: _values(c.numbers.greatest(p["MAXIMUM_VALUES"]["sampleSize"])),
        ),
        _DISTRIBUTION,
        _OUTLIERS,
        _OUTLIER_SAMPLE,
        (
            "zScoreDistribution",
            "Z_SCORE_DISTRIBUTION",
            lambda c, p: _bins(
                c.numbers.z_distribution(_bin_number("Z_SCORE_DISTRIBUTION", p)), open_below=True
            ),
        ),
        (
            "medianAbsoluteDeviation",
            "MEDIAN_ABSOLUTE_DEVIATION",
            lambda c, _: c.numbers.absolute_deviation,
        ),
    ),
}
