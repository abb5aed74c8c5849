"""How long a comparison still takes, in words."""

from __future__ import annotations

import pytest

from workbench.experiment.race.forecast import Forecast


def forecast(workers: int = 1) -> Forecast:
    """Two models, the second dearer, in four folds."""
    return Forecast({"nb": 1, "rf": 10}, folds=4, workers=workers)


def test_nothing_is_foretold_before_some_folds_are_done() -> None:
    found = forecast()
    found.fold("nb", 1.0)
    assert found.rest() is None
    assert found.text().say("en") == "1 of 8 folds."


def test_the_rest_is_what_known_folds_took_and_the_refit() -> None:
    found = forecast()
    for model, seconds in (("nb", 1.0), ("nb", 1.0), ("nb", 1.0), ("nb", 1.0), ("rf", 30.0)):
        found.fold(model, seconds)
    assert found.rest() == pytest.approx(3 * 30.0 + 30.0)
    assert found.text().say("en") == "5 of 8 folds. About 2 min left."
    assert found.text().say("ja") == "8 分割中 5 分割が完了しました。残りは約 2 分です。"


def test_a_dear_model_that_has_not_begun_is_guessed_dearer() -> None:
    found = forecast()
    for _ in range(4):
        found.fold("nb", 1.0)
    rest = found.rest()
    assert rest is not None
    assert rest > 4 * 4 * 1.0


def test_folds_side_by_side_share_the_rest() -> None:
    one, two = forecast(1), forecast(2)
    for found in (one, two):
        for _ in range(3):
            found.fold("rf", 10.0)
    first, second = one.rest(), two.rest()
    assert first is not None
    assert second is not None
    assert second < first


def test_a_failed_model_is_not_waited_for() -> None:
    found = forecast()
    found.close("rf")
    for _ in range(3):
        found.fold("nb", 2.0)
    assert found.done == 7
    assert found.rest() == pytest.approx(2.0 + 2.0)


def test_a_time_budget_caps_the_rest() -> None:
    found = forecast()
    for _ in range(3):
        found.fold("rf", 600.0)
    assert found.text(most=12.0).say("en") == "3 of 8 folds. About 15 s left."
