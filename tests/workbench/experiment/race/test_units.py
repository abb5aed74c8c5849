"""Finished folds as bytes: what goes in comes out, and what is not ours is not read."""

from __future__ import annotations

import io

import numpy as np
import pytest

from workbench.errors import ExperimentError
from workbench.experiment.race import units
from workbench.experiment.race.units import Judged, Scored, joined, packed, unpacked


def unit(fold: int, rows: list[int], *, probabilities: bool = True) -> Scored:
    """A fold of a model."""
    y = np.array(rows) % 2
    chances = np.column_stack([1 - y * 0.75, y * 0.75]) if probabilities else None
    judged = Judged(np.array(rows), y, y, chances, None if probabilities else y * 2.5)
    values = {"AUC": 0.1 + 0.2, "F1": None}
    return Scored("lr", fold, values, 1.5, fit_seconds=1.25, predict_seconds=0.25, size=77, judged=judged)


def test_a_unit_comes_back_to_the_last_bit() -> None:
    found = unpacked(packed(unit(1, [5, 2, 9]), stamp="s"))
    assert found is not None
    back, stamp = found
    assert stamp == "s"
    assert (back.model, back.fold, back.metrics, back.size) == ("lr", 1, {"AUC": 0.1 + 0.2, "F1": None}, 77)
    assert (back.seconds, back.fit_seconds, back.predict_seconds) == (1.5, 1.25, 0.25)
    assert back.judged is not None
    assert back.judged.rows.tolist() == [5, 2, 9]
    assert back.judged.score is None
    assert back.judged.probabilities is not None
    assert back.judged.probabilities.dtype == np.float64


def test_folds_are_joined_in_their_order() -> None:
    oof = joined([unit(1, [4, 5]), unit(0, [1, 2, 3])])
    assert oof.rows.tolist() == [1, 2, 3, 4, 5]
    assert oof.fold.tolist() == [0, 0, 0, 1, 1]
    assert oof.probabilities is not None
    assert oof.probabilities.shape == (5, 2)
    assert oof.score is None


def test_a_model_without_probabilities_has_its_score() -> None:
    oof = joined([unit(0, [1, 2], probabilities=False), unit(1, [3], probabilities=False)])
    assert oof.probabilities is None
    assert oof.score is not None
    assert oof.score.tolist() == [2.5, 0.0, 2.5]


def test_without_a_fold_there_is_nothing_to_join() -> None:
    with pytest.raises(ExperimentError, match="no finished fold"):
        joined([])


@pytest.mark.parametrize("data", [b"", b"not a file", b"PK\x03\x04 torn"])
def test_what_is_no_file_of_ours_is_passed_over(data: bytes) -> None:
    assert unpacked(data) is None


def test_another_form_or_a_torn_file_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packed(unit(0, [1]), stamp="s")
    assert unpacked(whole[:-30]) is None
    monkeypatch.setattr(units, "FORM", 2)
    assert unpacked(whole) is None


def test_objects_are_never_unpickled() -> None:
    file = io.BytesIO()
    np.savez(file, told=np.array([{"form": 1}], dtype=object))
    assert unpacked(file.getvalue()) is None
