"""The Explainer: a bundle's model, its effects summed back to the columns an analyst knows."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.bundle.replay import Outputs
from workbench.errors import ExplainError
from workbench.explain import links
from workbench.explain.linear import LinearForm, is_linear
from workbench.explain.links import Link
from workbench.explain.margins import Form
from workbench.explain.trees import tree_form
from workbench.task import Task
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.bundle.bundle import Bundle

log = logging.getLogger(__name__)

# A model's effects have to add up to its outputs this closely, or it has no explanation.
TOLERANCE = 1e-6
# Rows the sum is checked on before a model is explained at all; one of only blanks joins them.
CHECKED_ROWS = 8
# More rows move a ranking by mean effect little, and cost minutes with deep forests.
IMPORTANCE_ROWS = 500
# How long a ranking may take: slow models are ranked on fewer rows.
IMPORTANCE_SECONDS = 20.0
# Rows a call: effects before they are summed are rows x prepared columns x classes of floats.
CHUNK = 4096
LINKS: dict[Task, tuple[Link, ...]] = {
    Task.REGRESSION: (links.NONE, links.EXPONENTIAL),
    Task.BINARY: (links.NONE, links.LOGISTIC),
    Task.MULTICLASS: (links.NONE, links.SOFTMAX, links.REST),
}


@dataclass(frozen=True)
class Effects:
    """Why each of some rows got its output: base + effects = output."""

    features: list[str]
    values: np.ndarray
    """(rows, features), in probability points (0 to 1) or the target's units; 0 where the model does not look."""
    base: np.ndarray
    """The output where nothing is known about a row; it differs from row to row only where classes do."""
    output: np.ndarray
    """The probability of `classes`, or the predicted number."""
    classes: list[Any] | None
    """Whose probability is explained: the event with two classes, the predicted class with more; None for numbers."""
    prediction: list[Any]

    def __len__(self) -> int:
        return len(self.output)

    def answers(self, frame: pl.DataFrame) -> list[dict[str, Any]]:
        """Return each row as plain data, every feature with its value, largest effect first.

        Parameters
        ----------
        frame : polars.DataFrame
            The rows the effects belong to.
        """
        return [self.answer(i, row) for i, row in enumerate(frame.iter_rows(named=True))]

    def answer(self, position: int, row: dict[str, Any]) -> dict[str, Any]:
        """Return one row as plain data."""
        order = np.argsort(-np.abs(self.values[position]), kind="stable")
        return {
            "prediction": self.prediction[position],
            "class": self.classes[position] if self.classes else None,
            "output": float(self.output[position]),
            "base": float(self.base[position]),
            "reasons": [
                {"feature": self.features[j], "value": plain(row[self.features[j]]), "effect": float(self.values[position, j])}
                for j in order
            ],
        }


class Explainer:
    """A bundle's model with the form of explanation that was seen to add up.

    Parameters
    ----------
    bundle : Bundle
        The model, its replay and its background rows.

    Attributes
    ----------
    why_not : Text or None
        Why this model has no explanation; None where it has one.
    seconds_per_row : float
        How long one row took when the sum was checked.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle, self.replay = bundle, bundle.replay
        self.features = list(bundle.signature.names)
        self.into = column_places(self.replay.sources, self.features)
        self.form: Form | None = None
        self.link: Link = links.NONE
        self.seconds_per_row = 0.0
        self.why_not = self.prepare()

    def prepare(self) -> Text | None:
        """Find the form and the link that add up; return why there is none."""
        head = self.bundle.background.select(self.features).head(CHECKED_ROWS)
        checked = pl.concat([head, head.clear(1)])
        outputs = self.replay.outputs(checked)
        if self.replay.task.is_classification and outputs.probabilities is None:
            return Text("explain.why_not.probabilities", model=self.bundle.manifest.title)
        form = self.find_form()
        if form is None:
            return Text("explain.why_not.form", model=self.bundle.manifest.title)
        started = time.perf_counter()
        margins = form.margins(self.replay.matrix(checked)).total
        self.seconds_per_row = (time.perf_counter() - started) / checked.height
        fitting = self.find_link(margins, outputs)
        if fitting is None:
            return Text("explain.why_not.sum", model=self.bundle.manifest.title)
        self.form, self.link = form, fitting
        return None

    def find_form(self) -> Form | None:
        """Return how the model's margin is split; None where it is neither linear nor made of trees."""
        model = self.replay.model
        if is_linear(model):
            return LinearForm(model, self.replay.matrix(self.bundle.background))
        try:
            return tree_form(model)
        except Exception as problem:  # noqa: BLE001 - shap raises whatever it likes for a tree it cannot read
            log.warning("tree_not_explained", extra={"model": type(model).__name__, "problem": str(problem)})
            return None

    def find_link(self, margins: np.ndarray, outputs: Outputs) -> Link | None:
        """Return the first link under which the margins are the model's own outputs."""
        wanted = self.by_class(outputs)
        for link in LINKS[self.replay.task]:
            with np.errstate(all="ignore"):
                mine = link.outputs(margins)
            if mine.shape[1] == 1 and wanted.shape[1] == 2:
                mine = np.column_stack([1 - mine, mine])
            if mine.shape == wanted.shape and np.allclose(mine, wanted, rtol=TOLERANCE, atol=TOLERANCE):
                return link
        return None

    def by_class(self, outputs: Outputs) -> np.ndarray:
        """Return the outputs of the classes the model itself knows, or its numbers as one column."""
        if outputs.probabilities is None:
            return np.asarray(outputs.prediction, dtype=np.float64)[:, None]
        return outputs.probabilities[:, self.codes]

    @property
    def codes(self) -> np.ndarray:
        """The positions, among the labels, of the classes the model has seen."""
        return np.asarray(getattr(self.replay.model, "classes_", np.arange(len(self.replay.labels)))).astype(np.intp)

    def effects(self, frame: pl.DataFrame) -> Effects:
        """Return why each row got its output.

        Parameters
        ----------
        frame : polars.DataFrame
            Rows as `Signature.conform` returns them.

        Returns
        -------
        Effects
            base + effects = output to rounding.

        Raises
        ------
        ExplainError
            If the model has no explanation, or these rows' effects do not add up.
        """
        if self.form is None:
            raise ExplainError("error.explain.none", reason=self.why_not)
        parts = [self.part(frame.slice(start, CHUNK)) for start in range(0, max(frame.height, 1), CHUNK)]
        return parts[0] if len(parts) == 1 else joined(parts)

    def part(self, frame: pl.DataFrame) -> Effects:
        """Return the effects of one chunk."""
        assert self.form is not None
        matrix = self.replay.matrix(frame)
        outputs = self.replay.of_matrix(matrix)
        position, classes, output = self.explained(outputs)
        if not len(matrix):
            none = np.empty(0)
            return Effects(self.features, np.empty((0, len(self.features))), none, none, classes, [])
        margins = self.form.margins(matrix)
        column = np.zeros_like(position) if margins.values.shape[2] == 1 else np.searchsorted(self.codes, position)
        self.must_add_up(links.chosen(self.link.outputs(margins.total), column), output)
        effects, base = self.link.points(margins, column)
        effects = links.settle(effects, base, output)
        kept = self.to_features(effects)
        # what a constant column holds belongs to no feature; nothing, except for a model that is not centred on it
        return Effects(self.features, kept, output - kept.sum(axis=1), output, classes, outputs.prediction.tolist())

    def explained(self, outputs: Outputs) -> tuple[np.ndarray, list[Any] | None, np.ndarray]:
        """Return which output of each row is explained: its position among the labels, the label, the number itself."""
        rows = len(outputs)
        if outputs.probabilities is None:
            return np.zeros(rows, dtype=np.intp), None, np.asarray(outputs.prediction, dtype=np.float64)
        is_binary = self.replay.task is Task.BINARY
        position = np.ones(rows, dtype=np.intp) if is_binary else outputs.probabilities.argmax(axis=1)
        labels = [self.replay.labels[i] for i in position]
        return position, labels, links.chosen(outputs.probabilities, position)

    def must_add_up(self, mine: np.ndarray, output: np.ndarray) -> None:
        """Refuse effects of rows unlike those that were checked, where they miss the output."""
        missed = ~np.isclose(mine, output, rtol=TOLERANCE, atol=TOLERANCE)
        if missed.any():
            raise ExplainError("error.explain.sum", count=int(missed.sum()), rows=len(output))

    def to_features(self, effects: np.ndarray) -> np.ndarray:
        """Sum the effects of prepared columns that come from the same original column."""
        out = np.zeros((len(self.features), len(effects)))
        used = self.into >= 0
        np.add.at(out, self.into[used], effects.T[used])
        return out.T

    def sample(self, frame: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return the rows that `importance` looks at: evenly spaced among the background's and the given ones.

        Parameters
        ----------
        frame : polars.DataFrame, optional
            Rows as `Signature.conform` returns them; the background's rows where none are given.

        Returns
        -------
        polars.DataFrame
            At most 500 rows, fewer for slow models.
        """
        whole = (self.bundle.background if frame is None else frame).select(self.features)
        affordable = int(IMPORTANCE_SECONDS / max(self.seconds_per_row, 1e-9))
        rows = max(CHECKED_ROWS, min(IMPORTANCE_ROWS, affordable))
        return whole if whole.height <= rows else whole[np.linspace(0, whole.height - 1, rows).astype(int).tolist()]

    def importance(self, frame: pl.DataFrame | None = None) -> list[dict[str, Any]]:
        """Return every feature by its mean absolute effect on a sample of rows, largest first.

        Parameters
        ----------
        frame : polars.DataFrame, optional
            Rows as `Signature.conform` returns them; the background's where none are given.
            `sample` says which of them are looked at.

        Returns
        -------
        list of dict
            ``feature`` and ``importance``, in probability points (0 to 1) or the target's units.
        """
        effects = self.effects(self.sample(frame))
        mean = np.abs(effects.values).mean(axis=0) if len(effects) else np.zeros(len(self.features))
        order = np.argsort(-mean, kind="stable")
        return [{"feature": self.features[j], "importance": float(mean[j])} for j in order]


def column_places(sources: list[str | None], features: list[str]) -> np.ndarray:
    """Return for every prepared column the position of the original one; -1 for constants."""
    place = {name: i for i, name in enumerate(features)}
    return np.array([-1 if source is None else place[source] for source in sources], dtype=np.intp)


def joined(parts: list[Effects]) -> Effects:
    """Put the effects of consecutive chunks together."""

    def together(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    classes = None if parts[0].classes is None else [label for part in parts for label in part.classes or ()]
    prediction = [label for part in parts for label in part.prediction]
    return Effects(parts[0].features, together("values"), together("base"), together("output"), classes, prediction)


def plain(value: Any) -> Any:
    """Return a cell as JSON knows it: dates as ISO text, not-a-number as null."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if isinstance(value, float) and value != value else value
