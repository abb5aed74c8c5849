"""WB301: one column alone predicts the target; an error needs a second sign, namely that no honest column comes near."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import SAMPLE, Context
from workbench.checks.leaks import Leak, verdict

N = 600
RANDOM = np.random.default_rng(4)
Y = RANDOM.integers(0, 2, N)
HONEST = Y + RANDOM.normal(0, 1.2, N)


def run(target: object = Y, **columns: object) -> list:
    return list(Leak().run(Context(pl.DataFrame({**columns, "y": target}), "y")))


def almost(share: float = 0.003) -> np.ndarray:
    """The target with a few labels turned."""
    return np.where(RANDOM.random(N) < share, 1 - Y, Y)


def test_it_fires_as_an_error_on_a_leak_that_stands_alone() -> None:
    (found,) = run(leak=np.where(almost() == 1, "closed", "open"), honest=HONEST)

    assert (found.severity, found.columns, found.exclude) == ("error", ("leak",), ("leak",))
    assert found.facts["power"] > 0.975
    assert "AUC 0.99" in found.evidence.say("en")


def test_a_copy_of_a_leak_is_no_excuse_for_it() -> None:
    found = run(leak=almost() + RANDOM.normal(0, 0.05, N), again=almost() + RANDOM.normal(0, 0.05, N), honest=HONEST)

    assert {f.columns[0]: f.severity for f in found} == {"leak": "error", "again": "error"}


def test_a_strong_column_with_a_near_rival_is_only_a_warning() -> None:
    found = run(strong=Y + RANDOM.normal(0, 0.27, N), rival=Y + RANDOM.normal(0, 0.36, N))

    assert found
    assert {f.severity for f in found} == {"warning"}
    assert all(f.exclude == () for f in found)


def test_a_warning_about_a_column_known_in_time_is_a_note_that_says_so() -> None:
    table = pl.DataFrame({"strong": Y + RANDOM.normal(0, 0.27, N), "rival": Y + RANDOM.normal(0, 0.36, N), "y": Y})

    found = {f.columns[0]: f for f in Leak().run(Context(table, "y", known=("strong",)))}

    assert (found["strong"].severity, found["rival"].severity) == ("info", "warning")
    assert "予測時に分かっている列と指定されている" in found["strong"].action.say("ja")


def test_an_error_about_a_column_known_in_time_stays() -> None:
    table = pl.DataFrame({"leak": almost(), "honest": HONEST, "y": Y})

    (found,) = Leak().run(Context(table, "y", known=("leak",)))

    assert (found.severity, found.exclude) == ("error", ("leak",))


def test_a_leak_in_several_flags_is_found_as_one_category() -> None:
    kind = np.where(almost() == 1, RANDOM.integers(0, 2, N), RANDOM.integers(2, 4, N))
    flags = {f"f{i}": (kind == i).astype(int) for i in range(4)}

    found = next(f for f in run(**flags, honest=HONEST) if len(f.columns) > 1)

    assert (found.severity, found.columns) == ("error", ("f0", "f1", "f2", "f3"))


def test_a_regression_target_is_measured_in_r2() -> None:
    y = RANDOM.normal(size=N)

    (found,) = run(target=y, leak=y + RANDOM.normal(0, 0.05, N), honest=y + RANDOM.normal(0, 1, N))

    assert (found.severity, found.facts["measure"]) == ("error", "R²")


def test_a_lonely_number_below_the_threshold_is_a_question() -> None:
    y = RANDOM.normal(size=N)

    (found,) = run(target=y, delay=y + RANDOM.normal(0, 0.45, N), honest=RANDOM.normal(size=N))

    assert found.severity == "warning"


def test_it_stays_quiet_about_honest_columns_noise_and_ids() -> None:
    ids = [f"K{i}" for i in range(N)]
    category = np.where(RANDOM.random(N) < 0.3, Y, RANDOM.integers(0, 2, N)).astype(str)

    assert run(honest=HONEST, noise=RANDOM.normal(size=N), ids=ids, category=category) == []


def test_the_sample_is_stated() -> None:
    rows = SAMPLE + 1000
    y = np.arange(rows) % 2
    leak = np.where(np.arange(rows) % 500 == 0, 1 - y, y)

    found = run(target=y, leak=leak + RANDOM.normal(0, 0.01, rows))

    assert "Measured on 20,000 of 21,000 rows, drawn at random with seed 0" in found[0].evidence.say("en")


def test_several_classes_with_a_class_of_one_row() -> None:
    y = ["a", "b", "c"] * 60 + ["d"]

    found = run(target=y, leak=[{"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}[v] + 0.01 * i for i, v in enumerate(y)][:181])

    assert {f.columns for f in found} <= {("leak",)}


@pytest.mark.parametrize("target", [[1] * 20, ["a"] * 200, [0, 1] * 10, [None] * 100])
def test_it_abstains_from_too_little(target: list) -> None:
    table = pl.DataFrame({"x": range(len(target)), "y": target})

    assert isinstance(Leak().run(Context(table, "y")), NotApplicable)


@pytest.mark.parametrize(
    ("power", "rival", "measure", "expected"),
    [
        (1.000, 0.767, "AUC", "error"),
        (0.980, 0.961, "AUC", "warning"),
        (0.994, 0.964, "AUC", "warning"),
        (0.910, 0.850, "AUC", None),
        (0.820, 0.150, "R²", "warning"),
        (0.620, 0.100, "R²", None),
        (0.960, 0.500, "R²", "error"),
    ],
)
def test_the_rule_on_powers_measured_on_real_tables(power: float, rival: float, measure: str, expected: str | None) -> None:
    assert verdict(power, rival, measure) == expected
