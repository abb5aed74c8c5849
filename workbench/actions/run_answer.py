"""Comparisons as plain data for programs: one with its leaderboard, two beside each other."""

from __future__ import annotations

from typing import Any

from workbench.actions import leaderboards
from workbench.actions.leaderboards import Beside
from workbench.principal import Principal
from workbench.words import Lang, Text

# What a run's answer has of a comparison, beside the rows.
KEYS = ("baseline", "best", "recommended", "registered", "holdout", "plan", "seconds", "test_share", "splits")


def comparison(run_id: str, lang: Lang, *, by: Principal) -> dict[str, Any]:
    """Return a comparison's leaderboard as it stands, or as it ended, with what it comes down to.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    """
    state = leaderboards.state_of(run_id, by=by)
    found = leaderboards.board(run_id, by=by)
    rows = found.standing.rows
    best, recommended = found.standing.best, found.standing.recommended
    said = {"conclusion": found.standing.conclusion, "too_good": found.standing.too_good}
    return {
        **{key: state[key] for key in KEYS},
        "leaderboard": rows,
        "best": state["best"] or best,
        "recommended": state["recommended"] or recommended,
        "plan": found.plan,
        "sort": found.standing.sort,
        "is_higher_better": found.is_higher_better(found.standing.sort),
        **{name: text.say(lang) if text else None for name, text in said.items()},
    }


def beside(run_a: str, run_b: str, lang: Lang, *, by: Principal, metric: str | None = None) -> dict[str, Any]:
    """Return two comparisons beside each other; differences are second minus first.

    Raises
    ------
    JobNotFound
        If one of them is not a comparison that this person may see.
    ExperimentError
        If they predict different things, or nothing finished in one of them.
    """
    two = leaderboards.beside(run_a, run_b, by=by, metric=metric)
    return {
        "first": run_a,
        "second": run_b,
        "metric": two.metric,
        "is_higher_better": two.is_higher_better,
        "is_paired": two.is_paired,
        "why": two.why.say(lang),
        "conclusion": two.conclusion.say(lang),
        "best": line(two.best, lang),
        "models": [line(one, lang) for one in two.lines],
        "settings": [{"name": c.name, "first": c.a, "second": c.b, "text": c.text.say(lang)} for c in two.changes],
        "differences": [text.say(lang) for text in differences(two)],
    }


def differences(two: Beside) -> list[Text]:
    """Return in what two comparisons differ beside their scores, a sentence each."""
    return [*two.data, *(change.text for change in two.changes)]


def line(one: leaderboards.Line, lang: Lang) -> dict[str, Any]:
    """Return one model of each comparison, or of one of them."""
    apart = one.difference
    return {
        "model": one.model,
        "title": one.title.say(lang),
        "first": one.a,
        "second": one.b,
        "difference": {"mean": apart.mean, "low": apart.low, "high": apart.high, "p": apart.p} if apart else None,
        "verdict": one.verdict,
    }
