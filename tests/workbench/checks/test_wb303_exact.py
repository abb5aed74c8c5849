"""WB303: columns from which the target can be written down without error."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.leaks import ExactLeak

N = 300
RANDOM = np.random.default_rng(7)
A, B = RANDOM.integers(0, 900, N), RANDOM.integers(0, 4000, N)
Y = RANDOM.integers(0, 2, N)


def run(**columns: object) -> list:
    return list(ExactLeak().run(Context(pl.DataFrame(columns), "y")))


@pytest.mark.parametrize(
    ("target", "kind", "sentence"),
    [(A + B, "sum", "'y' = 'casual' + 'registered'"), (B - A, "difference", "'y' = 'registered' − 'casual'")],
)
def test_it_fires_on_a_sum_and_a_difference(target: np.ndarray, kind: str, sentence: str) -> None:
    (found,) = run(casual=A, registered=B, other=RANDOM.normal(size=N), y=target)

    assert (found.severity, found.facts["relation"], set(found.columns)) == ("error", kind, {"casual", "registered"})
    assert set(found.exclude) == {"casual", "registered"}
    assert found.evidence.say("en").startswith(sentence)


def test_it_fires_on_a_straight_line() -> None:
    (found,) = run(celsius=A / 7, other=B, y=A / 7 * 1.8 + 32)

    assert (found.columns, found.facts["relation"]) == (("celsius",), "linear")


@pytest.mark.parametrize("other", [np.where(Y == 1, "yes", "no"), Y * 5 + 2, [True if v else None for v in Y]])
def test_it_fires_on_the_target_under_another_name(other: object) -> None:
    (found,) = run(alive=other, x=A, y=Y)

    assert (found.columns, found.facts["relation"]) == (("alive",), "renamed")


def test_it_stays_quiet_where_one_row_differs() -> None:
    y, alive = (A + B).astype(float), np.where(Y == 1, "yes", "no")
    y[17] += 1
    alive[17] = "yes" if alive[17] == "no" else "no"

    assert run(casual=A, registered=B, y=y) == []
    assert run(alive=alive, y=Y) == []


def test_it_abstains_from_one_value() -> None:
    assert isinstance(ExactLeak().run(Context(pl.DataFrame({"a": A, "y": [1] * N}), "y")), NotApplicable)


def test_it_stays_quiet_where_hardly_any_label_repeats() -> None:
    """Each value of one column stands beside one of the other, as it must."""
    assert run(key=[f"K{i}" for i in range(N)], y=[f"V{i}" for i in range(N)]) == []


def test_numbers_too_large_to_square_are_no_function_of_anything() -> None:
    assert run(x=RANDOM.normal(size=N), y=RANDOM.normal(size=N) * 1e305) == []
    (found,) = run(x=RANDOM.normal(size=N) * 1e305, same=A / 7, y=A / 7 * 1.8 + 32)
    assert found.columns == ("same",)
