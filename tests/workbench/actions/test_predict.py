"""A file is read for a model as its training table was: what it takes as text is not guessed to be anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workbench import actions
from workbench.actions import sources
from workbench.principal import LOCAL

if TYPE_CHECKING:
    from workbench.bundle import Bundle


def test_labels_that_look_like_numbers_stay_as_they_are_written(
    make_bundle: Callable[..., Bundle], customers: Callable[[int, int], pl.DataFrame], tmp_path: Path
) -> None:
    model = str(make_bundle().folder)
    customers(3, 1).with_columns(職業=pl.lit("1.10"), 都道府県=pl.lit("TRUE")).write_csv(tmp_path / "new.csv")
    written = actions.predict.as_written(model, by=LOCAL)
    assert written == ["職業", "都道府県"]
    source = sources.open_source(str(tmp_path / "new.csv"), text=written)
    actions.predict.of_source(
        model, source, tmp_path / "out.parquet", by=LOCAL, reasons=0, encoding_out="utf-8", force=False, lang="en"
    )
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found["職業"].to_list() == ["1.10"] * 3
    assert found["都道府県"].to_list() == ["TRUE"] * 3


def test_columns_that_the_file_lacks_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1.10,2\n", encoding="utf-8")
    frame = sources.open_source(str(tmp_path / "a.csv"), text=["a", "職業"]).reading.frame
    assert frame.to_dicts() == [{"a": "1.10", "b": 2}]
