"""Two models on the same rows: each figure is scikit-learn's; rows the older one has seen or cannot score count for neither."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from workbench.bundle.replay import Outputs
from workbench.experiment.champion import Answers, Heard, pair
from workbench.experiment.race.units import Judged, Scored
from workbench.task import Task

ROWS = 60
LABELS = ["いいえ", "はい"]


def folds(seed: int = 0, k: int = 3) -> list[Judged]:
    random = np.random.default_rng(seed)
    order = random.permutation(ROWS)
    made = []
    for rows in np.array_split(order, k):
        y = random.integers(0, 2, len(rows))
        chance = np.clip(y * 0.4 + random.random(len(rows)) * 0.6, 0, 1)
        made.append(Judged(rows, y, (chance > 0.5).astype(int), np.column_stack([1 - chance, chance])))
    return made


def answers(rows: np.ndarray, labels: tuple[str, ...] = ("いいえ", "はい"), seed: int = 1) -> Answers:
    chances = np.random.default_rng(seed).dirichlet(np.ones(len(labels)), len(rows))
    return Answers(rows, Outputs(np.array(labels, dtype=object)[chances.argmax(axis=1)], chances), labels)


def test_both_are_scored_on_the_rows_that_the_older_one_can_score_and_has_not_seen() -> None:
    known = np.arange(4, ROWS)
    seen = np.zeros(ROWS, dtype=bool)
    seen[50:] = True
    heard, said = folds(), answers(known)
    found = pair(heard, said, seen, LABELS, Task.BINARY)
    assert (found.rows, found.held, found.left_out) == (46, 4, 10)
    for fold, new, champion in zip(heard, found.new.folds, found.champion.folds, strict=True):
        fair = np.isin(fold.rows, np.arange(4, 50))
        at = np.searchsorted(known, fold.rows[fair])
        assert new["AUC"] == metrics.roc_auc_score(fold.y[fair], fold.probabilities[fair, 1])
        assert champion["AUC"] == metrics.roc_auc_score(fold.y[fair], said.outputs.probabilities[at, 1])
        assert champion["Accuracy"] == metrics.accuracy_score(fold.y[fair], said.outputs.prediction[at] == "はい")
    assert found.champion.metrics["AUC"] == pytest.approx(np.mean([fold["AUC"] for fold in found.champion.folds]))


def test_the_older_one_may_have_its_classes_in_another_order() -> None:
    rows, nothing = np.arange(ROWS), np.zeros(ROWS, dtype=bool)
    one = answers(rows)
    turned = Answers(rows, Outputs(one.outputs.prediction, one.outputs.probabilities[:, ::-1]), ("はい", "いいえ"))
    found = [pair(folds(), side, nothing, LABELS, Task.BINARY).champion for side in (one, turned)]
    assert found[0] == found[1]


def test_a_class_that_the_new_table_does_not_have_is_a_wrong_answer() -> None:
    rows = np.arange(ROWS)
    said = Answers(rows, Outputs(np.array(["別"] * ROWS, dtype=object), None, np.zeros(ROWS)), ("別", "いいえ", "はい"))
    found = pair(folds(), said, np.zeros(ROWS, dtype=bool), LABELS, Task.BINARY)
    assert found.champion.metrics["Accuracy"] == 0


def test_numbers_are_compared_as_numbers() -> None:
    random = np.random.default_rng(0)
    y, rows = random.normal(size=ROWS), np.arange(ROWS)
    heard = [Judged(part, y[part], y[part] + 0.1) for part in np.array_split(rows, 3)]
    found = pair(heard, Answers(rows, Outputs(y + 0.2)), np.zeros(ROWS, dtype=bool), [], Task.REGRESSION)
    assert found.new.metrics["MAE"] == pytest.approx(0.1)
    assert found.champion.metrics["MAE"] == pytest.approx(0.2)


@pytest.mark.parametrize(("known", "seen"), [([], False), (range(ROWS), True)])
def test_where_no_row_is_left_nothing_has_a_value(known: list[int], seen: bool) -> None:
    said = answers(np.array(known, dtype=np.intp))
    found = pair(folds(), said, np.full(ROWS, seen), LABELS, Task.BINARY)
    assert found.rows == 0
    assert set(found.new.metrics.values()) == set(found.champion.metrics.values()) == {None}
    assert (found.held, found.left_out) == ((0, ROWS) if seen else (ROWS, 0))


def test_what_a_race_says_is_remembered_by_model_in_the_order_of_the_folds() -> None:
    heard, parts = Heard(), folds()
    for number in (2, 0, 1):
        heard.keep(Scored("lr", number, {}, judged=parts[number]))
    heard.keep(Scored("dt", 0, None))
    assert heard.folds("lr") == parts
    assert heard.folds("dt") == heard.folds(None) == []
    assert heard.found() == ()
