"""The closed loop: what is refitted, and what the scores are taken to mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from workbench.checks.advice.loop import Answer, Suspect, answers, certain_of, count_of, mean_interval, suspects
from workbench.checks.check import Finding
from workbench.words import Text

HIGH, LOW = (0.98, 0.97, 0.99, 0.98, 0.98), (0.71, 0.70, 0.72, 0.70, 0.72)


@dataclass(frozen=True)
class Scored:
    """A refit that is already done."""

    folds: tuple[float | None, ...]
    metric: str = "AUC"
    test_share: float = 0.25
    rows: int = 100
    failed: str | None = None


def finding(code: str, *columns: str, severity: str = "error") -> Finding:
    text = Text("check.honest.title")
    return Finding(code, severity, columns, text, text, text)  # type: ignore[arg-type]


class Table:
    """A refit whose score rests on the column `leak`, and on a random split."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], str]] = []

    def __call__(self, *, without: tuple[str, ...], how: str) -> Scored:
        self.asked.append((without, how))
        return Scored(LOW if "leak" in without else HIGH)


def test_leaks_are_suspects_and_other_findings_are_not() -> None:
    found = suspects([finding("WB303", "b", "a"), finding("WB301", "a", "b", severity="warning"), finding("WB101", "c")])
    assert found == [Suspect(("a", "b"), ("WB303", "WB301"), is_certain=True)]


def test_a_note_on_a_name_is_no_suspect() -> None:
    assert suspects([finding("WB304", "結果", severity="info")]) == []


def test_each_suspect_is_left_out_and_then_all_together() -> None:
    refit = Table()
    found = answers([Suspect(("leak",), ()), Suspect(("other",), ())], refit, is_split=False)
    assert [one.columns for one in found] == [(), ("leak",), ("other",), ("leak", "other")]
    assert [(one.outcome, round(one.after or 0, 2)) for one in found[1:]] == [("falls", 0.71), ("same", 0.98), ("falls", 0.71)]


def test_the_first_answer_compares_the_splits_without_what_is_certain() -> None:
    refit = Table()
    answers([Suspect(("leak",), ("WB303",), is_certain=True)], refit, is_split=True)
    assert refit.asked[:2] == [(("leak",), "random"), (("leak",), "advised")]


def test_the_splits_are_compared_without_certain_leaks_whatever_else_is_asked() -> None:
    leak, other = Suspect(("leak",), ("WB303",), is_certain=True), Suspect(("other",), ("WB301",))
    firsts = [
        answers(accused, Table(), is_split=True, certain=certain_of([leak, other]))[0]
        for accused in ([leak, other], [leak], [other], [])
    ]
    assert len(set(firsts)) == 1


@pytest.mark.parametrize("is_split", [True, False])
def test_nothing_is_refitted_twice_and_the_count_is_known_before(is_split: bool) -> None:
    leak, other = Suspect(("leak",), ("WB303",), is_certain=True), Suspect(("other",), ("WB301",))
    for accused in ([leak, other], [leak], [other], []):
        refit = Table()
        answers(accused, refit, is_split=is_split, certain=("leak",))
        assert len(refit.asked) == len(set(refit.asked)) == count_of(accused, ("leak",), is_split=is_split)


def test_the_interval_of_an_auc_ends_where_an_auc_ends() -> None:
    (first,) = answers([], lambda **_: Scored((1.0, 1.0, 0.8, 1.0, 1.0)), is_split=False)
    assert first.after_interval is not None
    assert 0 < first.after_interval[0] < first.after_interval[1] == 1.0


def test_a_split_that_is_no_other_one_is_said_to_be_none() -> None:
    (first,) = answers([], Table(), is_split=False)
    assert "no repeated entity" in first.text.say("en")


def test_answers_are_told_as_they_come() -> None:
    told: list[tuple[int, int]] = []
    answers([Suspect(("leak",), ())], Table(), is_split=False, told=lambda number, count, _: told.append((number, count)))
    assert told == [(1, 2), (2, 2)]


def test_a_fold_without_a_metric_is_left_out_on_both_sides() -> None:
    values = iter([Scored((0.9, None, 0.8)), Scored((0.7, 0.1, 0.6))])
    found = answers([Suspect(("a",), ())], lambda **_: next(values), is_split=False)[1]
    assert (found.before, found.after) == (pytest.approx(0.85), pytest.approx(0.65))


def test_a_refit_that_failed_has_no_figure_and_says_why() -> None:
    found = answers([Suspect(("a",), ())], lambda **_: Scored((None, None), failed="no rows"), is_split=False)
    assert [one.before for one in found] == [None, None]
    assert "no rows" in found[1].text.say("en")


def test_an_answer_survives_being_told_as_json() -> None:
    found = answers([Suspect(("leak",), ("WB301",))], Table(), is_split=False)
    assert [Answer.of(one.plain()) for one in found] == found
    assert "0.980 → 0.710" in found[1].to_dict("ja")["text"]


def test_the_interval_is_students_with_the_variance_that_shared_rows_ask_for() -> None:
    values = np.array(HIGH) - np.array(LOW)
    low, high = mean_interval(values, 0.25)
    error = np.sqrt(values.var(ddof=1) * (1 / 5 + 0.25))
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 4, loc=values.mean(), scale=error))
