"""The closed loop: what the score would be without each suspect, and with the advised split, with intervals.

Whoever calls hands in the refit; here is only what to refit, and what its scores mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import stats

from workbench.checks.check import Finding
from workbench.words import Lang, Text

LEVEL = 0.95
# Suspects beyond these are told together only: each costs a refit.
MOST_SUSPECTS = 12
# A fall by less than this is none worth a sentence, whatever the folds say.
WORTH = 0.005
# What a metric can be; an interval of Student's t knows no such end.
BOUNDS = {"AUC": (0.0, 1.0), "Accuracy": (0.0, 1.0), "R2": (-np.inf, 1.0)}
PAIRS = ("interval", "before_interval", "after_interval")


class Scores(Protocol):
    """A metric on each fold of one refit."""

    @property
    def metric(self) -> str:
        """Its name."""

    @property
    def folds(self) -> tuple[float | None, ...]:
        """Its values; None where it cannot be computed."""

    @property
    def test_share(self) -> float:
        """Rows judged on ÷ rows trained on."""

    @property
    def rows(self) -> int:
        """Rows used."""

    @property
    def failed(self) -> str | None:
        """What a library said where a fold could not be fitted."""


class Refit(Protocol):
    """Fits one fixed model on the table again."""

    def __call__(self, *, without: tuple[str, ...], how: str) -> Scores:
        """Return the scores without some columns, split at `random` or as `advised`."""


@dataclass(frozen=True)
class Suspect:
    """Columns that may know the answer, and the findings that say so."""

    columns: tuple[str, ...]
    codes: tuple[str, ...]
    is_certain: bool = False
    """Whether a finding calls it an error."""


@dataclass(frozen=True)
class Answer:
    """One comparison of two refits."""

    columns: tuple[str, ...]
    """What was left out; none where the splits are compared."""
    codes: tuple[str, ...]
    metric: str
    before: float | None
    after: float | None
    interval: tuple[float, float] | None
    """Of after - before, at 95 %."""
    before_interval: tuple[float, float] | None
    after_interval: tuple[float, float] | None
    rows: int
    reason: Text | None = None
    """Why there is no figure."""

    @property
    def text(self) -> Text:
        """The comparison as a sentence."""
        if self.before is None or self.after is None or self.interval is None:
            return self.reason or Text("check.honest.nothing")
        if not self.columns and self.before == self.after and self.interval == (0.0, 0.0):
            return Text("check.honest.same_split", metric=self.metric, value=self.before)
        values = {
            "metric": self.metric,
            "before": self.before,
            "after": self.after,
            "low": self.interval[0],
            "high": self.interval[1],
        }
        if not self.columns:
            return Text(f"check.honest.split_{self.outcome}", **values)
        return Text(f"check.honest.columns_{self.outcome}", columns=list(self.columns), **values)

    @property
    def outcome(self) -> str:
        """``falls``, ``rises`` or ``same``: whether the folds can tell the two apart."""
        assert self.interval is not None
        low, high = self.interval
        if high < 0 and self.size >= WORTH:
            return "falls"
        return "rises" if low > 0 and self.size >= WORTH else "same"

    @property
    def size(self) -> float:
        """How far apart the two are."""
        return abs((self.after or 0.0) - (self.before or 0.0))

    def plain(self) -> dict[str, Any]:
        """Return the answer as JSON data without a language."""
        return {
            "columns": list(self.columns),
            "codes": list(self.codes),
            "before": self.before,
            "after": self.after,
            "metric": self.metric,
            "interval": list(self.interval) if self.interval else None,
            "before_interval": list(self.before_interval) if self.before_interval else None,
            "after_interval": list(self.after_interval) if self.after_interval else None,
            "rows": self.rows,
            "reason": self.reason.to_dict() if self.reason else None,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Answer:
        """Return the answer that plain data describes."""
        pairs = {name: tuple(data[name]) if data[name] else None for name in PAIRS}
        reason = Text.from_dict(data["reason"]) if data["reason"] else None
        lists = {name: tuple(data[name]) for name in ("columns", "codes")}
        return cls(**{**data, **pairs, **lists, "reason": reason})

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the answer as JSON data in a language."""
        return self.plain() | {"reason": self.reason.say(lang) if self.reason else None, "text": self.text.say(lang)}


def suspects(findings: Sequence[Finding]) -> list[Suspect]:
    """Return the columns accused of knowing the answer, worst first, those of one finding together.

    Parameters
    ----------
    findings : sequence of Finding
        What the checks found; leaks only count.
    """
    found: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        if one.code.startswith("WB3") and one.columns and one.severity != "info":
            found.setdefault(tuple(sorted(one.columns)), []).append(one)
    return [
        Suspect(columns, tuple(dict.fromkeys(one.code for one in those)), any(one.severity == "error" for one in those))
        for columns, those in found.items()
    ]


def answers(
    accused: Sequence[Suspect],
    refit: Refit,
    *,
    is_split: bool,
    certain: Sequence[str] | None = None,
    told: Callable[[int, int, Answer], None] | None = None,
) -> list[Answer]:
    """Refit and compare.

    Parameters
    ----------
    accused : sequence of Suspect
        What to leave out, one after the other; with more than one also all of them together, as the last answer.
    refit : Refit
        Fits and scores.
    is_split : bool
        Whether the advised split is another than a random one.
    certain : sequence of str, optional
        Columns that are certain to know the answer, asked about or not; by default those of the accused.
    told : callable, optional
        Called with each answer as it is there: its number from 1, how many there will be, and the answer.

    Returns
    -------
    list of Answer
        The first one has no columns: a random split against the advised one, without what is certain to know the answer.
    """
    chosen = list(accused[:MOST_SUSPECTS])
    if len(accused) > 1:
        every = tuple(dict.fromkeys(name for one in accused for name in one.columns))
        chosen.append(Suspect(every, tuple(dict.fromkeys(code for one in accused for code in one.codes))))
    known_leaks = certain_of(accused) if certain is None else tuple(certain)
    found: list[Answer] = []
    made: dict[tuple[frozenset[str], str], Scores] = {}

    def scores(without: tuple[str, ...], how: str) -> Scores:
        key = (frozenset(without), how if is_split else "random")
        if key not in made:
            made[key] = refit(without=without, how=key[1])
        return made[key]

    def add(answer: Answer) -> None:
        found.append(answer)
        if told:
            told(len(found), len(chosen) + 1, answer)

    add(answer_of((), (), scores(known_leaks, "random"), scores(known_leaks, "advised"), is_paired=not is_split))
    for one in chosen:
        add(answer_of(one.columns, one.codes, scores((), "advised"), scores(one.columns, "advised"), is_paired=True))
    return found


def certain_of(accused: Sequence[Suspect]) -> tuple[str, ...]:
    """Return the columns that are certain to know the answer, each once."""
    return tuple(dict.fromkeys(name for one in accused if one.is_certain for name in one.columns))


def count_of(accused: Sequence[Suspect], certain: Sequence[str], *, is_split: bool) -> int:
    """Return how many refits `answers` asks for."""
    parts = {frozenset(one.columns) for one in accused[:MOST_SUSPECTS]}
    if len(accused) > 1:
        parts.add(frozenset(name for one in accused for name in one.columns))
    advised: set[frozenset[str]] = {*parts, frozenset(certain), *([frozenset[str]()] if parts else [])}
    return len(advised) + (1 if is_split else 0)


def answer_of(columns: tuple[str, ...], codes: tuple[str, ...], before: Scores, after: Scores, *, is_paired: bool) -> Answer:
    """Compare two refits, on the same folds or on others."""
    a, b = known(before.folds), known(after.folds)
    failed = after.failed or before.failed
    reason = Text("check.honest.failed", problem=failed) if failed else None
    both = [(x, y) for x, y in zip(before.folds, after.folds, strict=False) if x is not None and y is not None]
    if is_paired and len(both) >= 2:
        a, b = (np.array(side) for side in zip(*both, strict=True))
        interval = mean_interval(b - a, before.test_share)
    elif not is_paired and min(len(a), len(b)) >= 2:
        interval = apart(a, b, before.test_share, after.test_share)
    else:
        return Answer(columns, codes, before.metric, None, None, None, None, None, after.rows, reason)
    return Answer(
        columns,
        codes,
        before.metric,
        float(a.mean()),
        float(b.mean()),
        interval,
        within(mean_interval(a, before.test_share), before.metric),
        within(mean_interval(b, after.test_share), before.metric),
        after.rows,
        reason,
    )


def within(interval: tuple[float, float], metric: str) -> tuple[float, float]:
    """Cut an interval of a metric to the values it can take."""
    low, high = BOUNDS.get(metric, (-np.inf, np.inf))
    return max(interval[0], low), min(interval[1], high)


def known(values: Sequence[float | None]) -> np.ndarray:
    """Return the values that could be computed."""
    return np.array([value for value in values if value is not None], dtype=float)


def mean_interval(values: np.ndarray, test_share: float) -> tuple[float, float]:
    """Return the interval of a mean over folds, by Nadeau and Bengio's (2003) correction for folds that share rows.

    Parameters
    ----------
    values : numpy.ndarray
        A metric, or a difference of two, on each fold.
    test_share : float
        Rows judged on ÷ rows trained on.
    """
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1)) * float(np.sqrt(variance(values, test_share)))
    return float(values.mean()) - half, float(values.mean()) + half


def variance(values: np.ndarray, test_share: float) -> float:
    """Return the corrected variance of a mean over folds."""
    return float(values.var(ddof=1) * (1 / len(values) + test_share))


def apart(a: np.ndarray, b: np.ndarray, share_a: float, share_b: float) -> tuple[float, float]:
    """Return the interval of mean b - mean a over different folds: Welch's, with each variance corrected as above."""
    first, second = variance(a, share_a), variance(b, share_b)
    both = first + second
    mean = float(b.mean() - a.mean())
    if both == 0:
        return mean, mean
    freedom = both**2 / (first**2 / (len(a) - 1) + second**2 / (len(b) - 1))
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * float(np.sqrt(both))
    return mean - half, mean + half
