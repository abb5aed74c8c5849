"""Every effect of every model adds up to what the Predictor says, in the columns the analyst knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import ExplainError
from workbench.explain import Explainer

if TYPE_CHECKING:
    from workbench.bundle import Bundle

Bundles = Callable[[str, str], "Bundle"]
Customers = Callable[[int, int], pl.DataFrame]
TASKS = ("binary", "multiclass", "regression")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", ["lr", "dt", "rf", "lightgbm"])
def test_base_and_effects_are_the_output(model: str, task: str, make_bundle: Bundles, customers: Customers) -> None:
    bundle = make_bundle(model, task)
    frame = bundle.signature.conform(customers(60, 2)).frame
    effects = Explainer(bundle).effects(frame)
    said = bundle.replay.outputs(frame)
    assert effects.features == list(bundle.signature.names)
    np.testing.assert_allclose(effects.base + effects.values.sum(axis=1), effects.output, atol=1e-9)
    if task == "regression":
        assert effects.classes is None
        np.testing.assert_allclose(effects.output, said.prediction)
    else:
        assert said.probabilities is not None
        places = [bundle.manifest.labels.index(label) for label in effects.classes or []]
        np.testing.assert_allclose(effects.output, said.probabilities[np.arange(60), places], atol=1e-12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    age=st.none() | st.floats(-1e4, 1e4),
    income=st.none() | st.floats(0, 1e6),
    job=st.none() | st.sampled_from(["会社員", "学生", "宇宙飛行士", '"', ""]),
    member=st.none() | st.booleans(),
    model=st.sampled_from(["lr", "dt", "lightgbm"]),
    task=st.sampled_from(TASKS),
)
def test_any_row_adds_up(
    age: float | None, income: float | None, job: str | None, member: bool | None, model: str, task: str, make_bundle: Bundles
) -> None:
    bundle = make_bundle(model, task)
    given_row = {"年齢": age, "収入": income, "職業": job, "都道府県": None, "登録日": None, "会員": member}
    frame = bundle.signature.conform(bundle.signature.from_rows([given_row])).frame
    effects = Explainer(bundle).effects(frame)
    assert abs(effects.base[0] + effects.values[0].sum() - effects.output[0]) <= 1e-9 * max(1.0, abs(effects.output[0]))


def test_with_two_classes_the_events_probability_is_explained(make_bundle: Bundles, customers: Customers) -> None:
    bundle = make_bundle("lr", "binary")
    effects = Explainer(bundle).effects(bundle.signature.conform(customers(40, 3)).frame)
    assert set(effects.classes or []) == {"はい"}
    assert set(effects.prediction) == {"はい", "いいえ"}
    assert np.ptp(effects.base) < 1e-12


def test_with_more_classes_the_predicted_ones_probability_is_explained(make_bundle: Bundles, customers: Customers) -> None:
    bundle = make_bundle("lightgbm", "multiclass")
    effects = Explainer(bundle).effects(bundle.signature.conform(customers(40, 3)).frame)
    assert effects.classes == effects.prediction
    assert len(set(effects.prediction)) == 3


def test_a_linear_effect_is_coefficient_times_distance(make_bundle: Bundles, customers: Customers) -> None:
    bundle = make_bundle("lr", "regression")
    one = bundle.signature.conform(customers(1, 4).with_columns(年齢=pl.lit(40.0))).frame
    other = one.with_columns(年齢=pl.lit(50.0))
    difference = Explainer(bundle).effects(other).values - Explainer(bundle).effects(one).values
    said = bundle.replay.outputs(other).prediction - bundle.replay.outputs(one).prediction
    np.testing.assert_allclose(difference[0, 0], said[0])
    np.testing.assert_allclose(difference[0, 1:], 0, atol=1e-9)


def test_answers_name_every_feature_with_its_value_largest_first(make_bundle: Bundles, customers: Customers) -> None:
    bundle = make_bundle("lightgbm", "binary")
    frame = bundle.signature.conform(customers(1, 5)).frame
    row = Explainer(bundle).effects(frame).answers(frame)[0]
    assert row.keys() == {"prediction", "class", "output", "base", "reasons"}
    sizes = [abs(reason["effect"]) for reason in row["reasons"]]
    assert sizes == sorted(sizes, reverse=True)
    assert {reason["feature"] for reason in row["reasons"]} == set(bundle.signature.names)
    assert row["base"] + sum(reason["effect"] for reason in row["reasons"]) == pytest.approx(row["output"], abs=1e-9)
    assert next(reason["value"] for reason in row["reasons"] if reason["feature"] == "登録日")[:2] == "20"


def test_importance_ranks_by_mean_effect_and_finds_what_the_data_were_made_of(make_bundle: Bundles) -> None:
    explainer = Explainer(make_bundle("lightgbm", "regression"))
    ranking = explainer.importance()
    assert ranking[0]["feature"] == "年齢"
    assert [entry["importance"] for entry in ranking] == sorted((entry["importance"] for entry in ranking), reverse=True)
    assert len(ranking) == 6


def test_importance_looks_at_no_more_rows_than_a_slow_model_affords(make_bundle: Bundles, customers: Customers) -> None:
    explainer = Explainer(make_bundle("lr", "binary"))
    many = customers(2000, 1)
    assert explainer.sample(many).height == 500
    explainer.seconds_per_row = 0.2
    assert explainer.sample(many).height == 100


@pytest.mark.parametrize(("model", "key"), [("ridge", "explain.why_not.probabilities"), ("nb", "explain.why_not.form")])
def test_a_model_without_reasons_says_why(model: str, key: str, make_bundle: Bundles) -> None:
    bundle = make_bundle(model, "binary")
    explainer = Explainer(bundle)
    assert explainer.why_not is not None
    assert explainer.why_not.key == key
    with pytest.raises(ExplainError, match="There are no reasons for this model"):
        explainer.effects(bundle.background)


def test_effects_that_do_not_add_up_are_never_given(make_bundle: Bundles) -> None:
    bundle = make_bundle("lr", "binary")
    explainer = Explainer(bundle)
    with pytest.raises(ExplainError, match="1 of 2 rows would not add up"):
        explainer.must_add_up(np.array([0.5, 0.6]), np.array([0.5, 0.7]))


def test_no_rows_have_no_effects(make_bundle: Bundles) -> None:
    bundle = make_bundle("lightgbm", "multiclass")
    effects = Explainer(bundle).effects(bundle.background.clear())
    assert effects.values.shape == (0, 6)
    assert effects.prediction == []


def test_chunks_join_to_the_same_answer(make_bundle: Bundles, customers: Customers, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = make_bundle("lightgbm", "multiclass")
    frame = bundle.signature.conform(customers(50, 6)).frame
    whole = Explainer(bundle).effects(frame)
    monkeypatch.setattr("workbench.explain.explainer.CHUNK", 7)
    parts = Explainer(bundle).effects(frame)
    np.testing.assert_allclose(parts.values, whole.values, atol=1e-12)
    assert parts.classes == whole.classes
