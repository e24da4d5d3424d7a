"""An ingestion holds what the data set's statement answers, or says why it does not."""

from typing import Any


def test_an_ingestion_holds_the_rows_of_a_view(quick: Any) -> None:
    done = quick.data_set("days", quick.relation("days"))
    rows = {"RowsIngested": 3, "RowsDropped": 0, "TotalRowsInDataset": 3}
    assert (done["IngestionStatus"], done["RowInfo"]) == ("COMPLETED", rows)
    assert done["IngestionSizeInBytes"] == 3 * 4 * 8 + len("applebosch" + "acer, inc")
