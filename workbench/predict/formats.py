"""A scored table in the format of choice: which writer writes it, and a small table as bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import polars as pl

from workbench.predict.workbook import ExcelWriter
from workbench.predict.writers import FOR_EXCEL, CsvWriter, ParquetWriter, Summary, Writer
from workbench.words import Lang


def open_writer(path: Path, kind: str, *, encoding: str, lang: Lang) -> Writer:
    """Return the writer of a format: ``csv``, ``xlsx`` or ``parquet``."""
    if kind == "csv":
        return CsvWriter(path, encoding=encoding)
    if kind == "parquet":
        return ParquetWriter(path)
    return ExcelWriter(path, lang=lang)


def to_bytes(table: pl.DataFrame, kind: Literal["csv", "xlsx"], lang: Lang, *, about: Summary = ()) -> bytes:
    """Return a table as a file that Excel opens, in Japan too; what a spreadsheet would run as a formula stays text.

    Parameters
    ----------
    table : polars.DataFrame
        Heads as they are to be read.
    kind : {"csv", "xlsx"}
        The format.
    lang : {"ja", "en"}
        The language of what a workbook adds by itself.
    about : sequence of pairs
        What is said on a workbook's second sheet.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"table.{kind}"
        writer = open_writer(path, kind, encoding=FOR_EXCEL, lang=lang)
        try:
            writer.write(table)
            writer.close([*about])
        finally:
            writer.drop()
        return path.read_bytes()
