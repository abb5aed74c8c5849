"""Awkward tables through the real engine: each gives a result, or one sentence in both languages; what failed is never a 0."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench.bundle.replay import Replay
from workbench.errors import ExperimentError, WorkbenchError
from workbench.experiment import engine
from workbench.experiment.engine import caret
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.words import LANGUAGES, Text

MODELS = ("lr", "nb", "dt", "lightgbm")
Make = Callable[[], pl.DataFrame]


def table(rows: int = 150) -> pl.DataFrame:
    random = np.random.default_rng(rows)
    x, z = random.normal(size=(2, rows))
    return pl.DataFrame({"x": x, "z": z, "y": np.where(x + random.normal(size=rows) > 0, "yes", "no")})


def first(rows: int, then: Any, otherwise: Any) -> pl.Expr:
    """One value in the first rows, another in all others."""
    return pl.when(pl.int_range(pl.len()) < rows).then(then).otherwise(otherwise)


def compared(frame: pl.DataFrame, target: str = "y", **settings: Any) -> Comparison:
    plan = Plan.from_dict({"target": target, "models": MODELS, "folds": 2, **settings})
    found = engine.compare(frame, plan, emit=lambda kind, **fields: json.dumps(spoken(fields), allow_nan=False))
    json.dumps(found.to_dict(), allow_nan=False)
    return found


def spoken(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.to_dict() if isinstance(value, Text) else value for name, value in fields.items()}


def assert_honest(found: Comparison, *, finished: set[str]) -> None:
    """A row has finite numbers or none; without any there is a reason, in both languages; the best one predicts numbers."""
    assert {row["model"] for row in found.leaderboard if row["status"] == "finished"} >= finished
    for row in found.leaderboard:
        known = [value for value in row["metrics"].values() if value is not None]
        assert all(math.isfinite(value) for value in known)
        if row["status"] == "finished":
            assert known
        else:
            assert known == []
            assert all(Text.from_dict(row["reason"]).say(lang) for lang in LANGUAGES)
    if finished:
        assert found.best is not None
        assert found.fitted is not None


def assert_refused(frame: pl.DataFrame, said: str, target: str = "y", **settings: Any) -> ExperimentError:
    with pytest.raises(ExperimentError, match=said) as told:
        compared(frame, target, **settings)
    english, japanese = (told.value.say(lang) for lang in LANGUAGES)
    assert english != japanese
    assert re.search("[ぁ-ん]", told.value.say("ja"))
    assert "\n" not in english
    return told.value


REFUSED: dict[str, tuple[Make, str]] = {
    "one class": (lambda: table().with_columns(y=pl.lit("yes")), "only one value"),
    "one class beside blanks": (lambda: table().with_columns(y=first(9, None, pl.lit(1))), "only one value"),
    "a class of two rows": (lambda: table().with_columns(y=first(2, pl.lit("レア"), pl.col("y"))), "'レア' occurs in 2 rows"),
    "no target at all": (lambda: table().with_columns(y=pl.lit(None, dtype=pl.String)), "blank in every row"),
    "a target that is infinite": (lambda: table().with_columns(y=pl.lit(float("-inf"))), "blank in every row"),
    "two rows": (lambda: pl.DataFrame({"x": [1, 2], "y": ["a", "b"]}), "2 rows have a target"),
    "no rows": (lambda: table(5).clear(), "blank in every row"),
    "nothing but the target": (lambda: table().select("y"), "No column is left"),
    "only empty columns": (
        lambda: table().select("y", a=pl.lit(None, dtype=pl.Float64), b=pl.lit(float("nan"))),
        "No column is left",
    ),
    "only constants": (lambda: table().select("y", a=pl.lit(1.5), b=pl.lit("k")), "No column is left"),
    "only free text": (
        lambda: table().select("y", t=pl.format("sentence {} of its own: {}", pl.int_range(pl.len()), pl.col("x"))),
        "No column is left",
    ),
    "a target of two thousand labels": (
        lambda: pl.DataFrame({"x": np.arange(6000.0), "y": [f"k{i % 2000}" for i in range(6000)]}),
        "2000 different labels",
    ),
    "a target of dates": (
        lambda: table().with_columns(y=pl.lit("2026-01-02").str.to_date() + pl.duration(days=pl.int_range(pl.len()))),
        "is a date",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_compared_is_one_sentence_in_both_languages(name: str) -> None:
    make, said = REFUSED[name]
    assert_refused(make(), said)


def test_a_target_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(WorkbenchError, match="'Z'"):
        compared(table(), "Z")


RESULTS: dict[str, Make] = {
    "a class with fewer rows than folds": lambda: table().with_columns(y=first(4, pl.lit("rare"), pl.col("y"))),
    "an event with fewer rows than folds": lambda: table().with_columns(y=first(4, pl.lit("rare"), pl.lit("usual"))),
    "a target with blanks": lambda: table().with_columns(y=first(40, None, pl.col("y"))),
    "columns that are empty, constant or nearly so": lambda: table().with_columns(
        a=pl.lit(None, dtype=pl.String), b=pl.lit(7), c=first(1, 5.0, None), d=first(1, pl.lit("k"), None), e=first(1, 1.0, 0.0)
    ),
    "infinite values": lambda: table().with_columns(
        a=first(20, float("inf"), pl.col("x")), b=first(20, float("-inf"), pl.col("z")), c=pl.lit(float("inf"))
    ),
    "only dates": lambda: table().select(
        "y", d=pl.lit("2026-01-02").str.to_date() + pl.duration(days=pl.int_range(pl.len()) * 7919 % 900)
    ),
    "the target once more as a feature": lambda: table().with_columns(copy=pl.col("y")),
    "yes and no as booleans": lambda: table().with_columns(y=pl.col("x") > 0),
    "labels that differ by a space": lambda: table().with_columns(
        y=pl.when(pl.col("y") == "no").then(pl.lit("a")).otherwise(pl.lit("a "))
    ),
    "names that the engine uses itself": lambda: table().rename({"x": "target", "z": "row"}).with_columns(index=pl.col("row")),
    "numbers near the largest there are": lambda: table().with_columns(
        a=pl.col("x") * 1e300, b=pl.col("z") * 1e308, c=pl.int_range(pl.len()) * 10**15, d=pl.col("x") * 1e-300
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RESULTS)
def test_an_awkward_table_is_compared_by_every_model(name: str) -> None:
    settings = {"folds": 6} if "fewer rows than folds" in name else {}
    found = compared(RESULTS[name](), **settings)
    assert_honest(found, finished=set(MODELS))
    assert {row["model"]: row["reason"] for row in found.leaderboard if row["reason"]} == {}


@pytest.mark.slow
def test_japanese_names_and_labels_with_every_sign_that_libraries_refuse() -> None:
    labels = ['東京, "都" [23区]', "大阪{市}:", "😀絵文字", '\\"', "改\n行"]
    made = table().with_columns(住所=pl.Series([labels[i % 5] for i in range(150)]))
    made = made.rename({"x": '年齢,[歳]{"a":1}', "z": "😀: 'q' \\ /", "y": "目的[変数]", "住所": '住所{[:,"]}'})
    made = made.with_columns(pl.col("目的[変数]").replace({"yes": '契約, [済] "○"', "no": "解約{未}"}))
    found = compared(made, "目的[変数]", event='契約, [済] "○"')
    assert_honest(found, finished=set(MODELS))
    fitted = found.fitted
    assert fitted is not None
    replay = Replay(fitted.program, fitted.model, task=fitted.task, labels=fitted.labels, event=fitted.event)
    assert set(replay.outputs(made).prediction) == {'契約, [済] "○"', "解約{未}"}


@pytest.mark.slow
def test_two_thousand_categories_are_learned_from_or_said_to_be_left_out() -> None:
    random = np.random.default_rng(0)
    place = random.integers(0, 2000, 4000)
    y = np.where(place % 2 + random.normal(size=4000) * 0.3 > 0.5, "a", "b")
    many = pl.DataFrame(
        {"市": [f"市{i}" for i in place], "区": [f"区{i % 100}" for i in place], "x": random.normal(size=4000), "y": y}
    )
    found = compared(many)
    assert_honest(found, finished=set(MODELS))
    assert found.features == ["区", "x"]
    assert [one["column"] for one in found.excluded] == ["市"]
    assert all(Text.from_dict(found.excluded[0]["reason"]).say(lang) for lang in LANGUAGES)
    assert found.leaderboard[0]["metrics"]["AUC"] > 0.8


@pytest.mark.slow
def test_sixty_three_rows_of_2308_columns_are_compared() -> None:
    random = np.random.default_rng(1)
    kind = random.integers(0, 4, 63)
    genes = random.normal(size=(63, 2308))
    genes[:, :40] += 3 * (kind[:, None] == np.arange(40) % 4)
    wide = pl.DataFrame(
        {f"遺伝子{i}": genes[:, i] for i in range(2308)} | {"種類": [("EWS", "BL", "NB", "RMS")[k] for k in kind]}
    )
    found = compared(wide, "種類", folds=3, models=["nb", "dt", "lightgbm"])
    assert_honest(found, finished={"nb", "dt", "lightgbm"})
    assert len(found.features) == 2308
    assert found.leaderboard[0]["metrics"]["AUC"] > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("unit", [1e300, 1e-300])
def test_targets_near_the_ends_of_what_a_number_can_be_have_no_score_that_is_wrong(unit: float) -> None:
    found = compared(table().with_columns(y=pl.col("x") * unit), models=["lr", "dt", "lightgbm"])
    assert_honest(found, finished={"lr", "dt", "lightgbm"})
    assert found.best == "lr"
    assert found.leaderboard[0]["metrics"]["R2"] > 0.999
    # The mean says nothing: no score may look perfect only because its squares vanish.
    assert found.baseline["metrics"]["R2"] < 0.1
    assert found.baseline["metrics"]["MSE"] is None


@pytest.mark.slow
def test_an_infinite_target_is_no_target() -> None:
    frame = table().with_columns(y=first(10, float("inf"), pl.col("x")))
    found = compared(frame, models=["lr", "dt"])
    assert (found.set_aside, found.rows) == (10, 140)
    assert_honest(found, finished={"lr", "dt"})


@pytest.mark.slow
def test_a_model_that_says_no_number_has_failed_and_has_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    real = caret.make_estimator

    def silent(*arguments: Any, **settings: Any) -> Any:
        made = real(*arguments, **settings)
        if type(made).__name__ == "GaussianNB":
            chances = type(made).predict_proba
            kind = type("Silent", (type(made),), {"predict_proba": lambda self, rows: chances(self, rows) * np.nan})
            return kind()
        return made

    monkeypatch.setattr(engine, "make_estimator", silent)
    found = compared(table(), models=["nb", "dt"])
    row = found.leaderboard[-1]
    assert (row["model"], row["status"], set(row["metrics"].values())) == ("nb", "failed", {None})
    assert "gives no number" in Text.from_dict(row["reason"]).say("en")
    assert "予測を返さない" in Text.from_dict(row["reason"]).say("ja")


@pytest.mark.slow
def test_pycaret_s_own_preparation_of_huge_numbers_is_a_score_or_a_reason() -> None:
    frame = table().with_columns(a=pl.col("x") * 1e300)
    found = compared(frame, preprocessing="pycaret")
    assert_honest(found, finished={"lightgbm"})
    for row in found.leaderboard:
        if row["reason"]:
            assert "Input X" not in Text.from_dict(row["reason"]).say("ja")
