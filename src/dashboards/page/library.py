"""Vega, Vega-Lite and Vega-Embed as one script, out of a Python package: no Node, no network."""

from functools import cache

import vl_convert

SNIPPET = "window.vegaEmbed = vegaEmbed;"
CREDITS = (
    "Charts by Vega {vega}, Vega-Lite {lite} and Vega-Embed {embed}: © University of Washington "
    "Interactive Data Lab and contributors, BSD-3-Clause."
)


@cache
def script() -> str:
    """Bundle the libraries; they stand on the page's ``window`` as ``vegaEmbed``.

    Returns
    -------
    str
        About 900 KB of JavaScript, for a module's script element.
    """
    bundled: str = vl_convert.javascript_bundle(SNIPPET)
    if "</script" in bundled.lower() or "<!--" in bundled:
        raise ValueError("the library cannot stand in a script element")
    return bundled


def credits() -> str:
    """Say whose the libraries are, and under which licence."""
    return CREDITS.format(
        vega=vl_convert.get_vega_version(),
        lite=vl_convert.get_vegalite_versions()[-1],
        embed=vl_convert.get_vega_embed_version(),
    )
