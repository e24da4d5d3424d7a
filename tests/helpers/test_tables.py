"""Tables for reading."""

from decimal import Decimal

import pandas as pd
import pytest

from helpers import tables


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (1234.5, "1,234.50"),
        (Decimal("12345.60"), "12,345.60"),
        ("2019", "2019"),
        (True, "True"),
        (None, "–"),
        (float("nan"), "–"),
        (pd.NA, "–"),
        (pd.NaT, "–"),
    ],
)
def test_cells_are_written_for_reading(value: object, text: str) -> None:
    frame = pd.DataFrame({"x": pd.Series([value], dtype=object)})
    assert tables.readable(frame).iloc[0, 0] == text


def test_a_column_can_have_its_own_format() -> None:
    frame = pd.DataFrame({"rate": [0.1234, None], "views": [1, 2]})
    assert tables.readable(frame, {"rate": ".1%"})["rate"].tolist() == ["12.3%", "–"]


def test_a_shown_table_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    frame = pd.DataFrame({"long_name": range(500)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "display", lambda data, raw: shown.append(data))
        tables.show(frame)
    assert shown[0]["text/plain"].count("\n") == 500
    assert shown[0]["text/html"].count("<tr") == 501
    assert "long name" in shown[0]["text/html"]
