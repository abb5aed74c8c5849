"""A whole table through the Predictor into a file: every row back, in order, with counts that reconcile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from workbench.errors import PredictionError, TooLarge
from workbench.predict.columns import ResultColumns, reason_texts
from workbench.predict.drift import Drift
from workbench.predict.formats import open_writer
from workbench.predict.predictions import Predictions
from workbench.predict.predictor import Predictor
from workbench.predict.preflight import preflight
from workbench.predict.report import BatchReport
from workbench.predict.workbook import MOST_COLUMNS, MOST_ROWS
from workbench.predict.writers import Writer, known_encoding, whole_file, write_summary
from workbench.words import Lang, Text

__all__ = ["BatchReport", "preflight", "score"]

KINDS = ("csv", "xlsx", "parquet")
CHUNK = 20_000
# Reasons are given in smaller steps, so that a slow model's can end in time.
REASON_STEP = 1_000
Progress = Callable[[float, Text], None]


def score(
    predictor: Predictor,
    frame: pl.DataFrame,
    *,
    out: Path,
    reasons: int = 3,
    encoding_out: str = "utf-8-sig",
    lang: Lang = "en",
    progress: Progress | None = None,
    force: bool = False,
    facts: Mapping[str, Any] | None = None,
    reason_seconds: float = 600.0,
) -> BatchReport:
    """Predict every row of a table into a file.

    Parameters
    ----------
    predictor : Predictor
        The model.
    frame : polars.DataFrame
        The table, as read.
    out : Path
        The file: ``.csv``, ``.xlsx`` or ``.parquet``. CSV and Parquet get ``<stem>_summary.json`` beside them.
    reasons : int
        How many reasons for and against each row gets; at most one a column.
    encoding_out : str
        A CSV file's encoding: ``utf-8-sig``, ``utf-8`` or ``cp932``.
    lang : {"ja", "en"}
        The language of headers and flags; Parquet's are English.
    progress : callable, optional
        Told the fraction done and a sentence.
    force : bool
        Score past a stop: missing columns count as blank.
    facts : mapping, optional
        What the caller knows of the data: ``fingerprint``, ``at``.
    reason_seconds : float
        How long reasons may take in all; rows after that have none, and the report says so.

    Returns
    -------
    BatchReport
        Where `stopped` has an entry, no file was written.

    Raises
    ------
    PredictionError
        If the file's format, encoding or place cannot be.
    TooLarge
        If the table does not fit into the format, or is over the Predictor's limit.
    """
    began = time.perf_counter()
    kind = checked_kind(out)
    encoding = known_encoding(encoding_out) if kind == "csv" else None
    batch = Batch(predictor, frame, reasons, "en" if kind == "parquet" else lang, force, reason_seconds)
    must_fit(kind, frame, len(batch.columns.names))
    predictor.must_fit(frame.height)
    report = batch.report
    report.facts = dict(facts or {})
    stops = preflight(predictor, frame)
    if stops and not force:
        return stopped(report, stops, began)
    with whole_file(out) as part:
        writer = open_writer(part, kind, encoding=encoding or "utf-8", lang=lang)
        try:
            batch.run(writer, progress)
            finish(batch, writer, encoding, lang)
        except BaseException:
            writer.drop()
            raise
        if report.predicted == 0 and not force:
            part.unlink()
    if report.predicted == 0 and not force:
        return stopped(report, [no_row(batch.first_problems)], began)
    report.file, report.seconds_total = out.name, time.perf_counter() - began
    if kind != "xlsx":
        report.side_file = f"{out.stem}_summary.json"
        write_summary(out, report.to_dict(lang))
    return report


class Batch:
    """One table on its way through the Predictor, chunk by chunk."""

    def __init__(
        self, predictor: Predictor, frame: pl.DataFrame, reasons: int, lang: Lang, force: bool, reason_seconds: float
    ) -> None:
        self.predictor, self.frame, self.lang, self.force = predictor, frame, lang, force
        self.report = BatchReport(model=predictor.model, rows_in=frame.height)
        self.drift = Drift(predictor.bundle.profile["columns"])
        self.has_probabilities = predictor.has_probabilities
        self.reasons = min(reasons, len(predictor.signature.fields)) if reasons > 0 and self.can_explain() else 0
        self.columns = ResultColumns(
            predictor.bundle.replay.labels,
            has_probabilities=self.has_probabilities,
            reasons=self.reasons,
            taken=frame.columns,
            lang=lang,
        )
        self.left = reason_seconds
        self.why_not: Text | None = None
        self.first_problems: list[Text] = []
        if reasons > 0 and not self.reasons:
            self.report.warnings.append(predictor.why_no_reasons or Text("predict.reasons_off"))

    def can_explain(self) -> bool:
        """Tell whether the model gives reasons."""
        return self.predictor.explain is not None and self.predictor.why_no_reasons is None

    def run(self, writer: Writer, progress: Progress | None) -> None:
        """Predict and write every chunk; an empty table still gets its header."""
        for start in range(0, max(self.frame.height, 1), CHUNK):
            chunk = self.frame.slice(start, CHUNK)
            began = time.perf_counter()
            added = self.scored(chunk)
            self.report.seconds += time.perf_counter() - began
            writer.write(pl.concat([chunk, added], how="horizontal"))
            self.report.rows_out += chunk.height
            done = start + chunk.height
            if progress is not None:
                progress(done / max(self.frame.height, 1), Text("predict.progress", done=done, count=self.frame.height))

    def scored(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that a chunk gains, and count."""
        found = self.predictor.frame(chunk, blank_missing=self.force)
        self.drift.add(found)
        self.report.held += len(found.held)
        self.report.predicted += len(found) - len(found.held)
        self.report.flagged += found.flagged
        self.report.repaired.add(found)
        if found.held and not self.first_problems:
            self.first_problems = [problem.text for problem in next(iter(found.held.values()))][:3]
        return self.columns.of(found, self.reasons_of(found) if self.reasons else None)

    def reasons_of(self, found: Predictions) -> list[list[str | None]]:
        """Return the reasons of a chunk's rows for as long as there is time."""
        texts: list[list[str | None]] = [[None] * len(found) for _ in range(2 * self.reasons)]
        for start in range(0, found.conformed.height, REASON_STEP):
            if self.left <= 0 or self.why_not is not None:
                break
            began = time.perf_counter()
            rows = found.conformed.slice(start, REASON_STEP)
            effects, why_not = self.predictor.effects(rows)
            if effects is None:
                self.why_not = why_not
                break
            given = reason_texts(effects, rows, count=self.reasons, is_probability=self.has_probabilities, lang=self.lang)
            for column, values in zip(texts, given, strict=True):
                for row, value in zip(found.scored[start : start + REASON_STEP], values, strict=True):
                    column[row] = value
            self.report.explained += rows.height
            self.left -= time.perf_counter() - began
        return texts


def finish(batch: Batch, writer: Writer, encoding: str | None, lang: Lang) -> None:
    """Say what there is to say about the whole, and close the file."""
    report = batch.report
    report.drift = batch.drift.report()
    if batch.why_not is not None:
        report.warnings.append(batch.why_not)
    elif batch.reasons and report.explained < report.predicted:
        report.warnings.append(Text("predict.warning.slow_reasons", count=report.explained, rows=report.predicted))
    if report.held:
        report.warnings.append(Text("predict.warning.held", count=report.held, rows=report.rows_in))
    if report.flagged:
        report.warnings.append(Text("predict.warning.flagged", count=report.flagged, rows=report.rows_in))
    if report.repaired.rows:
        report.warnings.append(report.repaired.text())
    report.take(writer, encoding)
    writer.close(report.summary(lang))


def stopped(report: BatchReport, stops: list[Text], began: float) -> BatchReport:
    """Return the report of a batch that wrote nothing: every row is held."""
    report.stopped, report.held, report.predicted, report.rows_out = stops, report.rows_in, 0, 0
    report.warnings = []
    report.seconds_total = time.perf_counter() - began
    return report


def no_row(problems: list[Text]) -> Text:
    """Say that no row could be scored, with the first row's problems."""
    return Text("predict.stop.no_row", problems=problems)


def checked_kind(out: Path) -> str:
    """Return a file's format by its ending."""
    kind = out.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise PredictionError("error.predict.format", name=out.name, known=[f".{k}" for k in KINDS])
    return kind


def must_fit(kind: str, frame: pl.DataFrame, added: int) -> None:
    """Refuse, before any work, a table that a worksheet cannot hold."""
    if kind == "xlsx" and frame.height >= MOST_ROWS:
        raise TooLarge("error.predict.excel_rows", rows=frame.height, limit=MOST_ROWS - 1)
    if kind == "xlsx" and frame.width + added > MOST_COLUMNS:
        raise TooLarge("error.predict.excel_columns", columns=frame.width + added, limit=MOST_COLUMNS)
