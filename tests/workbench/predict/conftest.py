"""Predictors of small real models, with their explanations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from workbench.bundle import Bundle
    from workbench.predict import Predictor


@pytest.fixture
def make_predictor(make_bundle: Callable[[str, str], Bundle]) -> Callable[..., Predictor]:
    """The factory `make_predictor(model, task, max_rows)`."""
    from workbench.explain import Explainer
    from workbench.predict import Predictor

    def make(model: str = "lr", task: str = "binary", max_rows: int = 100_000) -> Predictor:
        bundle = make_bundle(model, task)
        explainer = Explainer(bundle)
        return Predictor(bundle, explain=explainer.effects, why_not=lambda: explainer.why_not, max_rows=max_rows)

    return make
