"""WB601: labels that models which had not seen them contradict."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from workbench import checks
from workbench.actions import labels
from workbench.checks import NotApplicable
from workbench.checks.context import Context
from workbench.checks.labels import LabelScores
from workbench.checks.labels.checks import WrongLabels
from workbench.data import Roles

ROWS = 2_000


def clean(rows: int = ROWS) -> pl.DataFrame:
    """Two classes that a line parts, and four columns that tell nothing."""
    x = np.random.default_rng(1).normal(size=(rows, 6))
    y = np.where(x[:, 0] + x[:, 1] - x[:, 2] / 2 > 0, "はい", "いいえ")
    return pl.DataFrame({f"x{i}": x[:, i] for i in range(6)} | {"y": y})


def flipped(frame: pl.DataFrame, share: float = 0.03) -> tuple[pl.DataFrame, set[int]]:
    """Give a few rows the other label."""
    hit = np.random.default_rng(2).choice(frame.height, int(share * frame.height), replace=False)
    y = frame["y"].to_numpy().copy()
    y[hit] = np.where(y[hit] == "はい", "いいえ", "はい")
    return frame.with_columns(y=pl.Series(y)), set(hit.tolist())


def scores(frame: pl.DataFrame, **roles: object) -> LabelScores:
    return labels.scores(frame, Roles(target="y", **roles))  # type: ignore[arg-type]


def outcome(frame: pl.DataFrame, **roles: object) -> checks.check.Outcome:
    return WrongLabels().run(Context(frame, "y", labels=scores(frame, **roles)))


def test_most_flipped_labels_are_listed_and_most_listed_are_flipped() -> None:
    frame, hit = flipped(clean())
    doubts, share = scores(frame).doubts
    listed = {doubt.row for doubt in doubts}
    assert len(listed & hit) / len(hit) > 0.8, "recall"
    assert len(listed & hit) / len(listed) > 0.75, "precision"
    assert len({doubt.row for doubt in doubts[:20]} & hit) >= 19, "the surest come first"
    assert share == pytest.approx(0.03, abs=0.01)


def test_on_clean_data_few_rows_are_listed() -> None:
    doubts, share = scores(clean()).doubts
    assert len(doubts) <= 5
    assert share is not None
    assert share < 0.005


def test_a_listed_row_says_what_it_has_and_what_is_suggested() -> None:
    frame, _ = flipped(clean())
    first = scores(frame).doubts[0][0]
    assert (first.given, first.suggested) in {("はい", "いいえ"), ("いいえ", "はい")}
    assert first.given == frame["y"][first.row]
    assert first.probability is not None
    assert first.probability > 0.9
    assert first.plain()["row"] == first.row + 1, "people count from 1"


def test_the_finding_carries_the_estimate_its_caution_and_rows() -> None:
    frame, _ = flipped(clean())
    (found,) = outcome(frame)  # type: ignore[misc]
    assert found.severity == "warning"
    assert "a person has to look" in found.evidence.say("en")
    assert "人の目で確かめて" in found.evidence.say("ja")
    assert len(found.examples) == 3
    assert found.chart is not None
    assert sum(found.chart["values"]) == found.facts["count"]


def test_overlapping_classes_are_a_note_that_says_so() -> None:
    frame = clean()
    y = np.where(frame["x0"] + np.random.default_rng(3).normal(size=ROWS) > 0, "a", "b")
    (found,) = outcome(frame.with_columns(y=pl.Series(y)))  # type: ignore[misc]
    assert found.severity == "info"
    assert "the classes overlap" in found.evidence.say("en")


def test_wrong_numbers_have_residuals_far_out() -> None:
    frame = clean()
    y = 3 * frame["x0"].to_numpy() + frame["x1"].to_numpy() + np.random.default_rng(3).normal(scale=0.3, size=ROWS)
    hit = np.random.default_rng(4).choice(ROWS, 20, replace=False)
    y[hit] += 30
    doubts, share = scores(frame.with_columns(y=pl.Series(y))).doubts
    assert {doubt.row for doubt in doubts[:20]} == set(hit.tolist())
    assert len(doubts) < 40
    assert share is None
    (found,) = outcome(frame.with_columns(y=pl.Series(y)))  # type: ignore[misc]
    assert "far from its prediction" in found.evidence.say("en")


def test_folds_keep_groups_together_and_time_is_passed_over_and_both_are_said() -> None:
    frame, _ = flipped(clean())
    when = pl.date_range(pl.date(2020, 1, 1), pl.date(2030, 1, 1), eager=True).head(ROWS)
    frame = frame.with_columns(g=pl.Series(np.arange(ROWS) % 40), t=when)
    made = scores(frame, group="g", time="t")
    assert made.is_grouped
    assert len(made.rows) == ROWS
    assert "not by time" in made.split.say("en")
    assert "its group" in made.split.say("en")


def test_three_groups_give_three_folds() -> None:
    made = scores(clean().with_columns(g=pl.Series(np.arange(ROWS) % 3)), group="g")
    assert made.folds == 3


def test_a_label_that_only_one_group_has_is_not_judged() -> None:
    frame = clean(300).with_columns(g=pl.Series(np.arange(300) // 20))
    frame = frame.with_columns(y=pl.when(pl.col("g") == 0).then(pl.lit("new")).otherwise(pl.col("y")))
    made = scores(frame, group="g")
    assert len(made.rows) == 280
    assert all(doubt.given != "new" for doubt in made.doubts[0])


def test_rare_labels_and_blanks_are_left_out_and_named() -> None:
    frame, _ = flipped(clean())
    y = [None] * 100 + ["rare"] * 3 + frame["y"].to_list()[103:]
    made = scores(frame.with_columns(y=pl.Series(y)))
    assert made.rare == (("rare", 3),)
    assert made.rows.min() == 103
    (found,) = WrongLabels().run(Context(frame, "y", labels=made))  # type: ignore[misc]
    assert "Too rare to be judged: rare (3)" in found.evidence.say("en")


@pytest.mark.parametrize(
    ("y", "rows", "why"),
    [
        (pl.lit("a"), 300, "only one value"),
        (pl.lit(None, dtype=pl.String), 300, "too few to judge"),
        (pl.col("y"), 30, "30 rows with a target are too few"),
        (pl.int_range(300).cast(pl.String), 300, "No two labels"),
        (pl.int_range(300) % 2, 300, "hardly know"),
    ],
)
def test_it_abstains_with_a_reason(y: pl.Expr, rows: int, why: str) -> None:
    frame = clean(300).with_columns(y=y).head(rows)
    said = outcome(frame)
    assert isinstance(said, NotApplicable)
    assert why in said.reason.say("en")


def test_a_table_without_features_is_a_reason() -> None:
    said = outcome(clean().select(pl.lit(1).alias("x"), "y"))
    assert isinstance(said, NotApplicable)
    assert "No column is left" in said.reason.say("en")


def test_sixty_three_rows_and_many_columns_of_noise_accuse_nobody() -> None:
    chance = np.random.default_rng(5)
    frame = pl.DataFrame(chance.normal(size=(63, 400)), schema=[f"g{i}" for i in range(400)])
    said = outcome(frame.with_columns(y=pl.Series(chance.choice(list("abcd"), 63))))
    assert isinstance(said, NotApplicable)


def test_it_runs_only_where_predictions_are_handed_in() -> None:
    frame, _ = flipped(clean(300))
    assert {"WB601", "WB602"} <= {check.code for check in checks.run(frame, target="y", fast=True).skipped}
    report = checks.run(frame, target="y", fast=True, labels=scores(frame))
    assert not {"WB601", "WB602"} & {check.code for check in report.skipped}


def test_a_column_that_knows_the_target_is_left_out() -> None:
    frame, _ = flipped(clean(600))
    frame = frame.with_columns(copy=pl.when(pl.col("y") == "はい").then(1).otherwise(0))
    assert "copy" in labels.certain_leaks(frame, Roles(target="y"))


def test_equal_calls_give_equal_lists() -> None:
    frame, _ = flipped(clean(600))
    assert scores(frame).doubts == scores(frame).doubts


def test_cleanlab_is_loaded_late_and_needs_no_network_and_no_process() -> None:
    code = """
import socket, sys, multiprocessing
import numpy as np
def refuse(*a, **k): raise AssertionError("not allowed")
socket.socket.connect = socket.getaddrinfo = refuse
multiprocessing.Pool = multiprocessing.Process.start = refuse
from workbench.checks.labels import LabelScores
assert "cleanlab" not in sys.modules
p = np.tile([0.9, 0.1], (60, 1)); p[30:] = p[30:, ::-1]
given = np.repeat([0, 1], 30); given[0] = 1
points = np.random.default_rng(0).normal(size=(60, 3))
found = LabelScores(rows=np.arange(60), given=given, predicted=p, labels=("a", "b"), point_rows=np.arange(60), points=points,
    sources=("x", "y", "z"))
assert [one.row for one in found.doubts[0]] == [0], found.doubts
found.strangers
assert "cleanlab" in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env={**os.environ}, timeout=60)
