"""Vega-Lite specifications of the charts: points come from the page, colours from its style sheet.

The points are those of ``script/points.js``: ``x``, ``y``, ``series``, the interval's ``low`` and
``high``, whether they are ``small``, and the words of a ``tip``.
"""

from typing import Any, Final

Spec = dict[str, Any]

SERIES: Final = [f"var(--series-{place})" for place in range(1, 7)]
_SHAPES: Final = ["circle", "triangle-down", "square", "diamond", "cross", "triangle-up"]
"""Told apart without colours too."""
_QUIET: Final = "var(--quiet)"
_LINE: Final = "var(--line)"
_TIP: Final = {"field": "tip", "type": "nominal"}
_SMALL: Final = {"condition": {"test": "datum.small", "value": 0.35}, "value": 1}
_CONFIG: Final = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _QUIET, "titleColor": _QUIET, "gridColor": _LINE, "domainColor": _LINE,
        "tickColor": _LINE, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "labelLimit": 150, "labelSeparation": 6,
    },
    "legend": {
        "labelColor": "var(--text)", "titleColor": _QUIET, "labelFontSize": 12, "orient": "top",
        "title": None, "columns": 3, "labelLimit": 160,
    },
}  # fmt: skip
_HEIGHT: Final = 240
_MILLISECONDS: Final = {"day": 86_400_000, "minute": 60_000}
_TICKS: Final = "max(1, min(6, (domain('x')[1] - domain('x')[0]) / {}))"
"""No more than there are days or minutes, or a label would stand twice."""
_WIDEST: Final = 160
"""Pixels for a value of a bar chart and the gap beside it: a single bar is no wall."""
_ASIDE: Final = "max(0, (width - {} * length(data('points')) / {}) / 2)"


def step(visual: Spec) -> int | None:
    """Give the height in pixels of each value, where the chart grows with how many there are."""
    if visual["kind"] == "heat":
        return 26
    several = len(visual["measures"]) > 1 and visual["stacked"] is None
    return (34 if several else 24) if visual["horizontal"] else None


def line(visual: Spec) -> Spec:
    """Draw lines over time, with the interval of a share as a band."""
    kind = "temporal" if visual["time"] else "ordinal"
    x = {
        "field": "x", "type": kind, "title": None, "sort": None,
        "scale": {"type": "utc"} if visual["time"] else {},
        "axis": {"grid": False, "labelOverlap": True, "labelFlush": True}
        | ({"format": "%d %b" if visual["time"] == "day" else "%d %b %H:%M",
            "tickCount": {"expr": _TICKS.format(_MILLISECONDS[visual["time"]])}}
           if visual["time"] else {}),
    }  # fmt: skip
    share = visual["measures"][0]["share"]
    band = {
        "mark": {  # the stroke is all that is seen of a day alone
            "type": "area", "fillOpacity": 0.18, "stroke": SERIES[0], "strokeOpacity": 0.3,
        },
        "encoding": {"y": _value(visual, "low"), "y2": {"field": "high"}},
    }  # fmt: skip
    stroke = {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"y": _value(visual, "y")}}
    dots = {
        "mark": {"type": "point", "filled": True, "size": 36},
        "encoding": {"y": _value(visual, "y"), "opacity": _SMALL, "tooltip": _TIP},
    }
    layers = [band, stroke, dots] if share else [stroke, dots]
    return _whole({"height": _HEIGHT, "layer": layers}, {"x": x, **_series(visual)})


def bar(visual: Spec) -> Spec:
    """Draw bars, with the interval of a share as a line, beside or on each other."""
    several = len(visual["measures"]) > 1
    word, value = ("y", "x") if visual["horizontal"] else ("x", "y")
    stacked = visual["stacked"] if several else None
    day = {"labelExpr": "utcFormat(toDate(slice(datum.label, 4)), '%d %b')"}
    words: Spec = {
        "field": "word", "type": "nominal", "title": None, "sort": None,
        "axis": {"labelOverlap": not visual["horizontal"], "labelAngle": 0, "grid": False}
        | (day if visual["by"][0]["time"] == "day" else {}),
    }  # fmt: skip
    if not visual["horizontal"]:
        aside = _ASIDE.format(_WIDEST, len(visual["measures"]))
        words["scale"] = {"range": [{"expr": aside}, {"expr": f"width - {aside}"}]}
    share = visual["measures"][0]["share"]
    beside = {f"{word}Offset": {"field": "series", "sort": None}} if several and not stacked else {}
    bars: Spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {value: _value(visual, "y") | {"stack": stacked}, "opacity": _SMALL,
                     "tooltip": _TIP},
    }  # fmt: skip
    ends = {
        "mark": {"type": "rule", "strokeWidth": 2, "color": "var(--text)"},
        "encoding": {value: _value(visual, "low"), f"{value}2": {"field": "high"},
                     "color": {"value": "var(--text)"}, "tooltip": _TIP},
    }  # fmt: skip
    layers = [bars, ends] if share and not stacked else [bars]
    if visual["horizontal"] and not several and not share:  # each bar says its number
        bars["encoding"][value]["axis"] = None
        layers.append(
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12},
                "encoding": {
                    value: _value(visual, "y") | {"axis": None},
                    "text": {"field": "label"},
                    "color": {"value": "var(--text)"},
                },
            }
        )
    height = {} if visual["horizontal"] else {"height": _HEIGHT}
    return _whole({**height, "layer": layers}, {word: words, **beside, **_series(visual)})


def heat(visual: Spec) -> Spec:
    """Draw a field: the more, the less transparent; a number around 1 in a colour for each side."""
    measure = visual["measures"][0]
    around_one = measure["tree"]["op"] == "/" and not measure["share"]
    side = {"domain": ["below 1", "above 1"], "range": [SERIES[1], SERIES[0]]}
    cells = {
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "title": visual["by"][1]["label"],
                  "axis": {"labelAngle": 0, "labelOverlap": True}},
            "y": {"field": "row", "type": "ordinal", "sort": None, "title": None},
            "color": {"field": "side", "type": "nominal", "scale": side}
            if around_one
            else {"value": SERIES[0]},
            "fillOpacity": {"field": "strength" if around_one else "y", "type": "quantitative",
                            "scale": {"range": [0.04, 1], "zero": True}, "legend": None},
            "tooltip": _TIP,
        },
    }  # fmt: skip
    return _whole(cells, {})


def scatter(visual: Spec) -> Spec:
    """Draw a dot for each value, against the line on which both measures are the same."""
    x, y = visual["measures"][:2]
    dots = {
        "mark": {"type": "point", "filled": True, "opacity": 0.8, "stroke": "var(--page)",
                 "strokeWidth": 0.5},
        "encoding": {
            "x": _measure(x, "x"), "y": _measure(y, "y"), "tooltip": _TIP,
            "size": {"field": "size", "type": "quantitative", "legend": None,
                     "scale": {"range": [30, 600]}},
            "color": {"field": "series", "type": "nominal",
                      "scale": {"domain": visual["series"], "range": SERIES}},
            "shape": {"field": "series", "type": "nominal",
                      "scale": {"domain": visual["series"], "range": _SHAPES}},
        },
    }  # fmt: skip
    same = {
        "mark": {"type": "line", "strokeDash": [4, 4], "color": _QUIET, "strokeWidth": 1},
        "transform": [
            {"aggregate": [{"op": "max", "field": "x", "as": "x"}, {"op": "max", "field": "y",
             "as": "y"}]},
            {"calculate": "[0, max(datum.x, datum.y)]", "as": "end"},
            {"flatten": ["end"]},
        ],
        "encoding": {"x": {"field": "end", "type": "quantitative"},
                     "y": {"field": "end", "type": "quantitative"}},
    }  # fmt: skip
    alike = x["format"]["kind"] == y["format"]["kind"] == "percent"
    return _whole({"height": 320, "layer": [dots, same] if alike else [dots]}, {})


def _series(visual: Spec) -> Spec:
    if len(visual["measures"]) == 1:
        return {"color": {"value": SERIES[0]}}
    return {
        "color": {"field": "series", "type": "nominal", "sort": None, "scale": {"range": SERIES}}
    }


def _value(visual: Spec, field: str) -> Spec:
    return _measure(visual["measures"][0], field, several=len(visual["measures"]) > 1)


def _measure(measure: Spec, field: str, *, several: bool = False) -> Spec:
    title = None if several else measure["label"]
    axis = {"format": _d3(measure), "tickCount": 5, "labelOverlap": True}
    if measure["exact"] == 0:
        axis["tickMinStep"] = 1
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def _d3(measure: Spec) -> str:
    return "~%" if measure["format"]["kind"] == "percent" else ",~r"


def _whole(spec: Spec, encoding: Spec) -> Spec:
    return {
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _CONFIG,
        **spec,
        "encoding": {**spec.get("encoding", {}), **encoding},
    }
