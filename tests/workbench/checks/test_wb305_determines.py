"""WB305: a category, or several together, leave the target no choice; strong ones, small ones and chance do not count."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import Finding, NotApplicable
from workbench.checks.context import SAMPLE, Context
from workbench.checks.leaks.determines import Determines
from workbench.words import say

N = 600
RANDOM = np.random.default_rng(5)
CODE = RANDOM.integers(0, 8, N)
Y = (CODE >= 6).astype(int)


def run(target: object, known: tuple[str, ...] = (), **columns: object) -> list[Finding]:
    found = Determines().run(Context(pl.DataFrame({**columns, "y": target}), "y", known=known))
    assert not isinstance(found, NotApplicable)
    return list(found)


def trial() -> dict[str, list[str]]:
    """Eight groups of mice, named by what was done to them."""
    groups = list(product(("Control", "Ts65Dn"), ("Saline", "Memantine"), ("C/S", "S/C"))) * 20
    return {
        "Genotype": [genotype for genotype, _, _ in groups],
        "Treatment": [treatment for _, treatment, _ in groups],
        "Behavior": [behavior for _, _, behavior in groups],
    }


def test_a_category_with_one_label_a_value_is_a_question() -> None:
    (found,) = run(Y, code=CODE, other=RANDOM.integers(0, 5, N))

    assert (found.severity, found.columns, found.exclude) == ("warning", ("code",), ())
    assert "each of its 8 values goes with one label" in found.evidence.say("en")
    assert found.chart is not None
    assert len(found.chart["labels"]) == 8
    assert len(found.examples) == 3


def test_a_name_that_speaks_of_the_outcome_is_the_second_sign() -> None:
    (found,) = run(Y, 解約理由=[f"理由{code}" for code in CODE])

    assert (found.severity, found.exclude) == ("error", ("解約理由",))


def test_a_target_that_names_the_combination_of_three_columns_is_an_error() -> None:
    columns = trial()
    target = ["-".join(parts) for parts in zip(*columns.values(), strict=True)]

    (found,) = run(target, **columns, noise=RANDOM.integers(0, 3, len(target)))

    assert (found.severity, found.columns, found.exclude) == ("error", tuple(columns), tuple(columns))
    assert "each of the 8 combinations has one label of its own (at least 20 rows each)" in found.evidence.say("en")


def test_two_columns_that_settle_it_only_together_are_a_question() -> None:
    a, b = RANDOM.integers(0, 3, N), RANDOM.integers(0, 4, N)

    (found,) = run((a + b) % 2, a=a, b=b, noise=RANDOM.integers(0, 4, N))

    assert (found.severity, found.columns) == ("warning", ("a", "b"))


@pytest.mark.parametrize("known", [("code",), ("code", "other")])
def test_what_the_analyst_knows_in_time_becomes_a_note_that_says_so(known: tuple[str, ...]) -> None:
    (found,) = run(Y, known=known, code=CODE, other=RANDOM.integers(0, 5, N))

    assert found.severity == "info"
    assert "You marked it as known" in found.action.say("en")


def test_an_error_stays_whatever_was_marked() -> None:
    columns = trial()
    target = ["-".join(parts) for parts in zip(*columns.values(), strict=True)]

    (found,) = run(target, known=tuple(columns), **columns)

    assert found.severity == "error"


def test_one_row_in_a_thousand_may_disagree() -> None:
    target = Y.copy()
    target[0] = 1 - target[0]

    assert [found.columns for found in run(target, code=CODE)] == [("code",)]


@pytest.mark.parametrize("wrong", [0.05, 0.2])
def test_it_stays_quiet_about_a_category_that_is_only_strong(wrong: float) -> None:
    target = np.where(RANDOM.random(N) < wrong, 1 - Y, Y)

    assert run(target, code=CODE, other=RANDOM.integers(0, 5, N)) == []


def test_values_with_too_few_rows_say_nothing() -> None:
    assert run(np.arange(120) % 2, code=np.arange(120) % 40) == []


def test_a_rare_label_is_not_settled_by_values_that_never_have_it() -> None:
    target = (np.arange(N) % 150 == 0).astype(int)

    assert run(target, code=np.arange(N) % 7, region=RANDOM.integers(0, 6, N)) == []


def test_many_columns_of_a_short_table_do_not_combine_into_an_accusation() -> None:
    columns = {f"c{i}": RANDOM.integers(0, 3, 80) for i in range(60)}

    assert run(RANDOM.integers(0, 2, 80), **columns) == []


def test_a_target_under_another_name_is_left_to_the_check_for_that() -> None:
    assert run(Y, again=np.where(Y == 1, "closed", "open")) == []


def test_the_sample_is_stated() -> None:
    rows = SAMPLE + 500
    code = np.arange(rows) % 6

    (found,) = run((code > 3).astype(int), code=code)

    assert "Measured on 20,000 of 20,500 rows" in found.evidence.say("en")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"x": ["a", "b"] * 10, "y": [0, 1] * 10}, "power"),
        ({"x": ["a", "b"] * 100, "y": [1] * 200}, "power"),
        ({"x": ["a", "b"] * 100, "y": [0.5 * i for i in range(200)]}, "many_labels"),
        ({"x": [0.5 * i for i in range(200)], "y": [0, 1] * 100}, "no_categories"),
    ],
)
def test_it_abstains_and_says_why(table: dict[str, list], reason: str) -> None:
    outcome = Determines().run(Context(pl.DataFrame(table), "y"))

    assert isinstance(outcome, NotApplicable)
    assert outcome.reason.key == f"check.reason.{reason}"
    assert outcome.reason.say("ja") != say(outcome.reason.key, "en", **outcome.reason.values)


def test_the_rows_of_a_sample_are_numbered_as_in_the_file() -> None:
    rows = 30_000
    code = RANDOM.integers(0, 6, rows)
    (found,) = Determines().run(Context(pl.DataFrame({"code": code, "n": range(rows), "y": code % 2}), "y"))
    assert len(found.examples) == 3
    assert all(code[row["#"] - 1] == row["code"] for row in found.examples)
