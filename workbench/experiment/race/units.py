"""What a race leaves behind: one candidate on one fold with what its model said about every row it is judged on."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from workbench.errors import ExperimentError
from workbench.evaluation.metrics import Values
from workbench.experiment.race.oof import Oof
from workbench.words import Text

# Of this form are the files in which finished units are kept; another form is made again instead of read.
FORM = 1


@dataclass(frozen=True)
class Judged:
    """What a fold's model said about the rows that it had not seen."""

    rows: np.ndarray
    """Which rows of the table, counted from 0."""
    y: np.ndarray
    """What was true: class codes (binary: 1 is the event), or numbers."""
    prediction: np.ndarray
    """What was said, in the same form."""
    probabilities: np.ndarray | None = None
    """One column for each class; None where the model has none."""
    score: np.ndarray | None = None
    """The decision function of a model without probabilities."""


@dataclass(frozen=True)
class Scored:
    """One candidate on one fold."""

    model: str
    fold: int
    metrics: Values | None = None
    seconds: float = 0.0
    failed: Text | None = None
    """Why it has no metrics."""
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    size: int | None = None
    """Bytes of the fitted estimator, where it was measured."""
    judged: Judged | None = None

    @property
    def is_skipped(self) -> bool:
        """True where it was never begun: the time was over, or another fold had failed."""
        return self.metrics is None and self.failed is None


class Kept(Protocol):
    """Where finished units outlive the process that made them."""

    def keep(self, unit: Scored) -> None:
        """Keep a unit that has just been finished; called from several threads."""

    def found(self) -> Iterable[Scored]:
        """Return the units that were finished before."""


def packed(unit: Scored, *, stamp: str) -> bytes:
    """Return a finished unit as the bytes of an npz file.

    Parameters
    ----------
    unit : Scored
        One that has its metrics and what was judged.
    stamp : str
        Names the table and the plan: a unit of another stamp is not this comparison's.
    """
    assert unit.judged is not None
    told = {
        "form": FORM,
        "stamp": stamp,
        "model": unit.model,
        "fold": unit.fold,
        "metrics": unit.metrics,
        "seconds": unit.seconds,
        "fit_seconds": unit.fit_seconds,
        "predict_seconds": unit.predict_seconds,
        "size": unit.size,
    }
    arrays = {name: value for name, value in vars(unit.judged).items() if value is not None}
    file = io.BytesIO()
    np.savez_compressed(file, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **arrays)
    return file.getvalue()


def unpacked(data: bytes) -> tuple[Scored, str] | None:
    """Return a unit with its stamp, or None where the bytes are of another form."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        told: dict[str, Any] = json.loads(arrays.pop("told").tobytes())
        if told.pop("form") != FORM:
            return None
        stamp = str(told.pop("stamp"))
        return Scored(**told, judged=Judged(**arrays)), stamp
    except (ValueError, KeyError, TypeError, OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return None


def joined(units: Iterable[Scored]) -> Oof:
    """Put the folds of one candidate together.

    Raises
    ------
    ExperimentError
        If none is there.
    """
    parts = sorted(((unit.fold, unit.judged) for unit in units if unit.judged is not None), key=lambda part: part[0])
    if not parts:
        raise ExperimentError("error.runs_kept.no_folds")
    judged = [one for _, one in parts]

    def together(name: str) -> np.ndarray | None:
        found = [getattr(one, name) for one in judged]
        return None if any(value is None for value in found) else np.concatenate(found)

    whole = {name: np.concatenate([getattr(one, name) for one in judged]) for name in ("rows", "y", "prediction")}
    fold = np.concatenate([np.full(len(one.rows), number) for number, one in parts])
    return Oof(**whole, probabilities=together("probabilities"), fold=fold, score=together("score"))
