"""A champion beside a model that was just trained on new rows: both judged on the same ones, without those that it has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from workbench.actions import held, predict, shelf, sources
from workbench.bundle import Bundle
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.errors import ModelNotFound, NoChampion, WorkbenchError
from workbench.evaluation.compare import Difference, difference
from workbench.evaluation.metrics import greater_is_better, title
from workbench.experiment.champion import Answers, Heard, Pair, pair
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.figure import scores
from workbench.predict import arriving
from workbench.principal import Principal
from workbench.registry import ModelRecord
from workbench.words import Text

# Of the hashes of rows; any number will do, if it is the same for both tables.
SEED = 0
How = Literal["table", "examples", "unknown"]


@dataclass(frozen=True)
class Seen:
    """Which of some rows a model was trained on."""

    how: How
    """By its training table; by the rows of it that the model keeps as examples; or not to be found out."""
    which: np.ndarray
    """For each new row, whether it equals one that is known."""
    examples: int = 0
    """How many rows the model keeps."""

    @property
    def rows(self) -> int:
        """How many of the new rows it has seen, as far as that is known."""
        return int(self.which.sum())

    @property
    def text(self) -> Text:
        """What that means for the comparison."""
        numbers = {"count": self.rows, "total": len(self.which), "examples": self.examples}
        if self.how == "unknown":
            return Text("recipe.seen.unknown")
        if self.how == "examples":
            return Text("recipe.seen.examples" if self.rows else "recipe.seen.no_example", **numbers)
        return Text("recipe.seen.table" if self.rows else "recipe.seen.none", **numbers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"how": self.how, "rows": self.rows, "total": len(self.which), "examples": self.examples}


NOT_LOOKED_FOR = Seen("unknown", np.zeros(0, dtype=bool))


@dataclass(frozen=True)
class Beside:
    """A champion beside a new model, or why it cannot be."""

    record: ModelRecord
    why_not: Text | None = None
    pair: Pair | None = None
    seen: Seen = field(default_factory=lambda: NOT_LOOKED_FOR)
    difference: Difference | None = None
    """New minus champion, in the metric that ranks, over the folds."""
    sort: str = ""

    @property
    def texts(self) -> list[Text]:
        """What a person has to know, a sentence each."""
        if self.why_not is not None or self.pair is None:
            return [Text("recipe.beside.not", model=self.record.reference, why=self.why_not)]
        said = [Text(f"recipe.beside.{self.verdict}", model=self.record.reference, **self.numbers), self.seen.text]
        if self.pair.held:
            said.append(Text("recipe.beside.held", count=self.pair.held))
        return said

    @property
    def verdict(self) -> str:
        """Whether the new one is better, worse, or the folds cannot tell."""
        if self.difference is None:
            return "unknown"
        if self.difference.low <= 0 <= self.difference.high:
            return "cannot_tell"
        return "better" if (self.difference.mean > 0) == greater_is_better(self.sort) else "worse"

    @property
    def numbers(self) -> dict[str, Any]:
        """The figures of the sentence."""
        assert self.pair is not None
        both = [side.metrics.get(self.sort) for side in (self.pair.new, self.pair.champion)]
        ends = [self.difference.low, self.difference.high] if self.difference else [None, None]
        shown = [*scores(both), *scores(ends, like=both, sign=True)]
        figures = dict(zip(("new", "champion", "low", "high"), shown, strict=True))
        return {"metric": title(self.sort), "count": self.pair.rows, **figures}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        known = {"model": self.record.reference, "estimator": self.record.estimator, "trained_on_rows": self.record.rows}
        if self.pair is None:
            return known | {"why_not": self.why_not.to_dict() if self.why_not else None}
        apart = self.difference
        return known | {
            **self.pair.champion.to_dict(),
            "new": self.pair.new.to_dict(),
            "rows": self.pair.rows,
            "held": self.pair.held,
            "left_out": self.pair.left_out,
            "seen": self.seen.to_dict(),
            "sort": self.sort,
            "difference": {"mean": apart.mean, "low": apart.low, "high": apart.high} if apart else None,
            "verdict": self.verdict,
        }


def of(names: Sequence[str]) -> ModelRecord | None:
    """Return the champion of the first of some names that has one."""
    for name in dict.fromkeys(filter(None, names)):
        try:
            return held.registry().resolve(name)
        except (ModelNotFound, NoChampion):
            continue
    return None


def other(model: Bundle, plan: Plan) -> Text | None:
    """Return why a model cannot be held against a plan's models: it predicts something else."""
    manifest = model.manifest
    if manifest.target != plan.target:
        return Text("recipe.cannot.target", its=manifest.target, target=plan.target)
    if manifest.task is not plan.task:
        return Text("recipe.cannot.task", its=Text(f"task.{manifest.task}"), task=Text(f"task.{plan.task}"))
    if (its := manifest.plan.get("event")) != plan.event:
        return Text("recipe.cannot.event", its=its, event=plan.event)
    return None


def beside(
    record: ModelRecord,
    compared: Comparison,
    heard: Heard,
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    *,
    by: Principal,
    near: Sequence[Path] = (),
    reading: dict[str, Any] | None = None,
) -> Beside:
    """Judge a champion and the new best model on those rows of a comparison's folds that neither was trained on.

    Parameters
    ----------
    record : ModelRecord
        The champion; its bundle may be damaged, which is then the reason.
    compared : Comparison
        What was trained on the new rows.
    heard : Heard
        What its folds said about the rows that they had not seen.
    frame : polars.DataFrame
        The new rows as they were learned from.
    raw : polars.DataFrame
        The same rows as a prediction reads them, before any repair.
    by : Principal
        Who asks: training tables are looked for among what this person may see.
    near : sequence of path, optional
        Files that may be the champion's training table.
    reading : dict, optional
        How such a file is read.
    """
    plan, fitted, folds = compared.plan, compared.fitted, heard.folds(compared.best)
    assert plan.task is not None
    assert plan.sort is not None
    if fitted is None or not folds:
        return Beside(record, Text("recipe.cannot.nothing"))
    try:
        model = held.bundle(record)
        if (reason := other(model, plan)) is not None:
            return Beside(record, reason)
        answers = answered(model, raw)
        seen = seen_rows(model, record, frame, raw, by=by, near=near, reading=reading or {})
    except WorkbenchError as problem:
        return Beside(record, Text(problem.key, **problem.values))
    found = pair(folds, answers, seen.which, fitted.labels, plan.task)
    if not found.rows:
        key = "recipe.cannot.all_seen" if found.left_out else "recipe.cannot.rows"
        return Beside(record, Text(key, count=found.left_out))
    new, theirs = ([fold.get(plan.sort) for fold in side.folds] for side in (found.new, found.champion))
    apart = difference(new, theirs, test_share=compared.test_share or 1 / (len(folds) - 1))
    return Beside(record, None, found, seen, apart, plan.sort)


def answered(model: Bundle, raw: pl.DataFrame) -> Answers:
    """Return what a model says about rows as they were read; the Predictor holds what it cannot score."""
    found = predict.local_predictor(model).frame(raw, blank_missing=True)
    outputs = model.replay.outputs(found.conformed)  # with the score of a model that has no probabilities
    return Answers(found.scored, outputs, model.manifest.labels)


def seen_rows(
    model: Bundle,
    record: ModelRecord,
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    *,
    by: Principal,
    near: Sequence[Path],
    reading: dict[str, Any],
) -> Seen:
    """Find the rows that a model was trained on, by the hash of their values in its columns and of the target."""
    new, target = arriving.table(model, raw).frame, model.manifest.target
    known = training(model, record, by=by, near=near, reading=reading)
    if known is not None:
        return Seen("table", is_among(hashed(new, frame.get_column(target)), known))
    if record.drawn_from is not None or model.background.is_empty():
        return Seen("unknown", np.zeros(new.height, dtype=bool))
    # The rows that a model keeps have no target.
    return Seen("examples", is_among(hashed(new), hashed(model.background)), model.background.height)


def is_among(rows: pl.Series, known: pl.Series) -> np.ndarray:
    """Tell for each of some hashes whether it is among others."""
    return rows.is_in(known.unique().implode()).to_numpy()


def hashed(frame: pl.DataFrame, target: pl.Series | None = None) -> pl.Series:
    """Return one number for each row; equal numbers are equal however a table holds them."""
    if target is not None:
        plain = target.cast(pl.Float64) if target.dtype.is_numeric() else target.cast(pl.String)
        frame = frame.select(pl.all().name.prefix("x")).with_columns(plain.alias("y"))
    return frame.hash_rows(seed=SEED)


def training(
    model: Bundle, record: ModelRecord, *, by: Principal, near: Sequence[Path], reading: dict[str, Any]
) -> pl.Series | None:
    """Return the hashes of the rows a model was trained on, where its table is at hand: a sample, a stored table, a file."""
    names, target = model.signature.names, model.manifest.target
    frame = stored(record.fingerprint, by=by)
    if frame is None:
        frame = read_again(model, record, near=near, reading=reading, by=by)
    if frame is None or {*names, target} - set(frame.columns):
        return None
    return hashed(model.signature.conform(frame.select(names)).frame, frame.get_column(target))


def stored(fingerprint: str, *, by: Principal) -> pl.DataFrame | None:
    """Return the rows of a stored table of this content that somebody may see."""
    for known in shelf.listed() if fingerprint else ():
        if known.fingerprint == fingerprint and (known.owner == by.who or known.shared):
            return shelf.opened(known.id, by=by).frame
    return None


def read_again(
    model: Bundle, record: ModelRecord, *, near: Sequence[Path], reading: dict[str, Any], by: Principal
) -> pl.DataFrame | None:
    """Return a sample's or a file's rows, repaired as the model's table was, if that is the model's table."""
    recipe = model.contract.get("recipe") or {}
    repairs = Repairs.from_list(recipe.get("repairs") or model.repairs.to_list())
    how = recipe.get("reading") or reading
    places = [f"{sources.SAMPLE}{record.sample}"] if record.sample else [str(path) for path in near if path.is_file()]
    for place in places:
        try:
            source = sources.open_source(place, **how)
            made = tables.make(source.reading, name=source.name, owner=by.who, repairs=repairs)
        except WorkbenchError:
            continue
        if made.fingerprint == record.fingerprint:
            return made.frame
    return None
