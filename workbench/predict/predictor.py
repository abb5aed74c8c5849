"""The Predictor: the only thing that turns rows into predictions, for pages, files, HTTP and the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.bundle.replay import Outputs
from workbench.data.conforming import Finding
from workbench.data.fields import Problem
from workbench.errors import ExplainError, SignatureError, TooLarge
from workbench.predict import answer, arriving
from workbench.predict.predictions import EffectsLike, Predictions, by_row
from workbench.predict.single import FIRST, SingleRow
from workbench.task import Task
from workbench.words import Lang, Text

if TYPE_CHECKING:
    from workbench.bundle.bundle import Bundle


class Predictor:
    """A bundle ready to predict; safe in threads.

    Parameters
    ----------
    bundle : Bundle
        The model with its signature and replay.
    explain : callable, optional
        Takes rows as `Signature.conform` returns them and gives their effects; None where the model has no reasons.
    why_not : Text or callable, optional
        Why there are no reasons, or what finds out when reasons are first asked for.
    max_rows : int
        The most rows of one call.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        explain: Callable[[pl.DataFrame], EffectsLike] | None = None,
        why_not: Text | Callable[[], Text | None] | None = None,
        max_rows: int,
    ) -> None:
        self.bundle, self.max_rows = bundle, max_rows
        self.explain, self.why_not = explain, why_not
        self.signature = bundle.signature
        self.known = known_columns(bundle)
        self.required = frozenset(entry.name for entry in bundle.signature.fields if entry.required)
        self.insisted = frozenset(entry.name for entry in bundle.signature.fields if entry.strict and not entry.blank)
        self.one = SingleRow(bundle.signature, repaired=bundle.repairs.names)

    @property
    def model(self) -> str:
        """``name@version``."""
        return f"{self.bundle.manifest.name}@{self.bundle.manifest.version}"

    @property
    def task(self) -> Task:
        """What is predicted."""
        return Task(self.bundle.manifest.task)

    @property
    def has_probabilities(self) -> bool:
        """True where each class comes with its probability."""
        return self.task.is_classification and hasattr(self.bundle.model, "predict_proba")

    def frame(self, frame: pl.DataFrame, *, reasons: int = 0, partial: bool = True, blank_missing: bool = False) -> Predictions:
        """Predict every row of a table.

        Parameters
        ----------
        frame : polars.DataFrame
            Rows as read; columns the model does not use are ignored.
        reasons : int
            How many of the largest effects to give with each row; 0 for none.
        partial : bool
            Hold rows that cannot be scored and predict the others; otherwise nothing is predicted.
        blank_missing : bool
            Take a required column that the table lacks as blank instead of holding every row.

        Returns
        -------
        Predictions
            One entry for each row, in order.

        Raises
        ------
        TooLarge
            If there are more rows than a call may have.
        SignatureError
            If a row cannot be scored and `partial` is off; names every such row and field.
        """
        self.must_fit(frame.height)
        conformed = arriving.table(self.bundle, frame)
        wrong, doubtful = conformed.wrong, conformed.doubtful
        if blank_missing:
            everywhere = np.arange(frame.height)
            doubtful = (*doubtful, *(replace(f, rows=everywhere) for f in wrong if self.may_be_blank(f)))
            wrong = tuple(f for f in wrong if not self.may_be_blank(f))
        problems = [problem for finding in wrong for problem in finding.problems()]
        return self.predicted(conformed.frame, problems, doubtful, reasons=reasons, partial=partial)

    def rows(self, rows: list[dict[str, Any]], *, reasons: int = 0, partial: bool = False, lang: Lang = "en") -> dict[str, Any]:
        """Predict rows of JSON and answer in the form of the HTTP contract.

        Parameters
        ----------
        rows : list of dict
            Each row's values by column.
        reasons : int
            How many of the largest effects to give with each row.
        partial : bool
            Answer a row that cannot be scored with a null prediction; otherwise one such row refuses all.
        lang : {"ja", "en"}
            The language of the warnings.

        Returns
        -------
        dict
            ``model`` and ``predictions``; ``why_not`` says why reasons that were asked for are not there.

        Raises
        ------
        SignatureError
            If a row cannot be scored and `partial` is off, or there are no rows.
        """
        if not rows:
            raise SignatureError("error.predict.no_rows")
        self.must_fit(len(rows))
        if bad := [i for i, row in enumerate(rows) if not isinstance(row, Mapping)]:
            raise SignatureError("error.predict.not_an_object", row=bad[0])
        found = self.single(rows[0], reasons) if len(rows) == 1 else None
        found = found or self.several(rows, reasons=reasons, partial=partial)
        extra = answer.unknown(rows, self.known)
        said = {"why_not": found.why_not.say(lang)} if found.why_not else {}
        return {"model": self.model, "predictions": answer.predictions(found, lang, extra=extra)} | said

    def several(self, rows: list[dict[str, Any]], *, reasons: int, partial: bool) -> Predictions:
        """Predict rows of JSON, each judged by itself: what its neighbours carry does not matter."""
        conformed = arriving.rows(self.bundle, rows)
        problems = [p for finding in conformed.wrong if len(finding.rows) for p in finding.problems()]
        problems += answer.absent(rows, self.signature)
        return self.predicted(conformed.frame, problems, conformed.doubtful, reasons=reasons, partial=partial)

    def single(self, row: Mapping[str, Any], reasons: int) -> Predictions | None:
        """Predict one plain row the short way; None where it takes the long one."""
        if not self.required <= row.keys():
            return None
        row, cells = self.bundle.repairs.apply_row(row) if self.bundle.repairs else (row, [])
        if (plain := self.one.read(row)) is None:
            return None
        values, doubtful = plain
        if cells:
            repaired = arriving.of_cells([(0, cell) for cell in cells], [column for column, *_ in cells])
            doubtful = (*arriving.as_they_came(doubtful, repaired), *repaired)
        outputs = self.bundle.replay.outputs_of_row(values)
        frame = self.one.frame(values) if reasons else pl.DataFrame()
        effects, why_not = self.effects(frame) if reasons else (None, None)
        return Predictions(
            labels=self.bundle.replay.labels,
            prediction=outputs.prediction.tolist(),
            probabilities=self.probabilities(outputs, FIRST, 1),
            doubtful=doubtful,
            held={},
            scored=FIRST,
            conformed=frame,
            blanks={name: int(value is None) for name, value in values.items()},
            effects=effects,
            wanted=reasons,
            why_not=why_not,
        )

    def predicted(
        self, frame: pl.DataFrame, problems: Iterable[Problem], doubtful: tuple[Finding, ...], *, reasons: int, partial: bool
    ) -> Predictions:
        """Predict the rows without a problem."""
        rows = frame.height
        held = by_row(problems, rows)
        if held and not partial:
            raise refusal(held)
        scored = np.delete(np.arange(rows), list(held))
        usable = frame[scored] if held else frame
        outputs = self.outputs(usable)
        effects, why_not = self.effects(usable) if reasons else (None, None)
        return Predictions(
            labels=self.bundle.replay.labels,
            prediction=spread(outputs.prediction.tolist(), scored, rows),
            probabilities=self.probabilities(outputs, scored, rows),
            doubtful=doubtful,
            held=held,
            scored=scored,
            conformed=usable,
            blanks=dict(zip(frame.columns, frame.null_count().row(0), strict=True)),
            effects=effects,
            wanted=reasons,
            why_not=why_not,
        )

    def may_be_blank(self, finding: Finding) -> bool:
        """Tell whether a finding is a column that is not there and that the contract does not insist on."""
        return not len(finding.rows) and finding.field not in self.insisted

    def outputs(self, frame: pl.DataFrame) -> Outputs:
        """Return what the replay says; a single row takes the way without a frame."""
        if frame.height == 1:
            return self.bundle.replay.outputs_of_row(frame.row(0, named=True))
        return self.bundle.replay.outputs(frame)

    def effects(self, frame: pl.DataFrame) -> tuple[EffectsLike | None, Text | None]:
        """Return why these rows get their outputs, or why that cannot be said.

        Parameters
        ----------
        frame : polars.DataFrame
            Rows as `Predictions.conformed` holds them.
        """
        if self.explain is None:
            return None, self.why_no_reasons or Text("predict.reasons_off")
        try:
            return (None, self.why_no_reasons) if self.why_no_reasons else (self.explain(frame), None)
        except ExplainError as problem:  # rows unlike those the explanation was checked on: the predictions still stand
            return None, Text(problem.key, **problem.values)

    @property
    def why_no_reasons(self) -> Text | None:
        """Why this model gives no reasons; None where it does. The first look may prepare the explanation."""
        return self.why_not() if callable(self.why_not) else self.why_not

    def probabilities(self, outputs: Outputs, scored: np.ndarray, rows: int) -> dict[Any, np.ndarray]:
        """Return each label's probability for all rows."""
        if outputs.probabilities is None:
            return {}
        whole = np.full((rows, len(self.bundle.replay.labels)), np.nan)
        whole[scored] = outputs.probabilities
        return {label: whole[:, i] for i, label in enumerate(self.bundle.replay.labels)}

    def must_fit(self, rows: int) -> None:
        """Refuse more rows than one call may have."""
        if rows > self.max_rows:
            raise TooLarge("error.predict.too_many_rows", rows=rows, limit=self.max_rows)


def known_columns(bundle: Bundle) -> frozenset[str]:
    """Return the columns a row may carry without being asked about: the model's own, and those training set aside."""
    plan, roles = bundle.manifest.plan, bundle.contract.get("roles", {})
    aside = [bundle.manifest.target, *(part.get(name) for part in (plan, roles) for name in ("group", "time"))]
    for part, name in ((plan, "ignore"), (roles, "ids"), (roles, "exclude"), (roles, "unknown_at_prediction")):
        aside += part.get(name) or ()
    return frozenset([*bundle.signature.names, *(name for name in aside if name)])


def spread(values: list[Any], scored: np.ndarray, rows: int) -> list[Any]:
    """Return the values at their rows, None elsewhere."""
    if len(values) == rows:
        return values
    whole: list[Any] = [None] * rows
    for row, value in zip(scored, values, strict=True):
        whole[row] = value
    return whole


def refusal(held: dict[int, list[Problem]]) -> SignatureError:
    """Return the error that names every bad row and field at once."""
    fields = [{"row": row, "field": p.field, "problem": p.text} for row, problems in held.items() for p in problems]
    return SignatureError("error.predict.rows", count=len(held), fields=fields)
