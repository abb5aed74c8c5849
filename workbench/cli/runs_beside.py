"""A comparison's leaderboard on a terminal, and two of them beside each other: `runs show`, `runs compare`."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Sequence
from typing import Any

from workbench import actions
from workbench.cli.output import one_line, write_json
from workbench.cli.usage import UsageError
from workbench.figure import scores
from workbench.principal import LOCAL
from workbench.words import Lang, say, say_all

# Columns of a terminal for a model's name.
WIDTH = 36


def compare(asked: argparse.Namespace, lang: Lang) -> int:
    """Print two comparisons of one target beside each other: differences are second minus first."""
    if not asked.model:
        raise UsageError("error.cli.other_run")
    answer = actions.run_answer.beside(asked.id, asked.model, lang, by=LOCAL, metric=asked.sort)
    if write_json(asked.json, answer):
        return 0
    for side, key in (("first", "ui.leaderboard.other_run"), ("second", "ui.leaderboard.this_run")):
        print(f"{say(key, lang)}: {answer[side]}")
    print(one_line(answer["conclusion"]))
    print(one_line(answer["why"]))
    for line in answer["models"]:
        both = [line["first"], line["second"]]
        shown = "".join(f"{text:>12s}" for text in scores(both))
        verdict = say(f"ui.leaderboard.verdict.{line['verdict'] or 'only_one'}", lang)
        print(f"{padded(line['title'])}{shown}  {apart(line['difference'], both)}  {verdict}")
    for sentence in answer["differences"]:
        print(f"- {one_line(sentence)}")
    return 0


def leaderboard(run_id: str, lang: Lang) -> dict[str, Any]:
    """Return what programs are told about a comparison."""
    found: dict[str, Any] = say_all(actions.run_answer.comparison(run_id, lang, by=LOCAL), lang)
    return found


def print_rows(board: dict[str, Any]) -> None:
    """Print a leaderboard, best first, and what it comes down to."""
    for row in board.get("leaderboard") or ():
        both = [(row[name] or {}).get(board["sort"]) for name in ("metrics", "metrics_std")]
        value, spread = scores(both)
        reason = one_line(row["reason"]) if row["reason"] else apart(row["difference"], both)
        print(f"{row['rank'] or '':>3}  {padded(row['model'], 10)}{value:>12s} ± {spread}  {reason}")
    for name in ("conclusion", "too_good"):
        if board.get(name):
            print(one_line(board[name]))


def apart(found: dict[str, float] | None, of: Sequence[float | None]) -> str:
    """Return a difference of some values with its interval."""
    if found is None:
        return ""
    return "{} ({} – {})".format(*scores([found[name] for name in ("mean", "low", "high")], like=of, sign=True))


def padded(text: str, width: int = WIDTH) -> str:
    """Return a text filled up to a width, in which a Japanese character takes two columns."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(width - taken, 1)
