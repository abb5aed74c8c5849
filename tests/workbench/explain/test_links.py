"""Effects in a margin become effects in probability points that add up, whatever the margin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.explain import links
from workbench.explain.margins import Margins

SIZES = st.floats(-12, 12, allow_nan=False)


def straight(effects: np.ndarray, base: np.ndarray) -> Margins:
    return Margins(effects, base)


@settings(deadline=None)
@given(arrays(np.float64, (3, 4, 1), elements=SIZES), arrays(np.float64, 1, elements=st.floats(-5, 5)))
def test_logistic_effects_add_up_and_keep_their_signs(values: np.ndarray, base: np.ndarray) -> None:
    margins = straight(values, base)
    effects, start = links.LOGISTIC.points(margins, np.zeros(3, dtype=int))
    wanted = links.LOGISTIC.outputs(margins.total)[:, 0]
    np.testing.assert_allclose(links.settle(effects, start, wanted).sum(axis=1) + start, wanted, atol=1e-9)
    assert (np.sign(effects) * np.sign(values[:, :, 0]) >= 0).all()


@settings(deadline=None)
@pytest.mark.parametrize("link", [links.SOFTMAX, links.REST], ids=["softmax", "rest"])
@given(
    arrays(np.float64, (3, 4, 3), elements=st.floats(-4, 4)),
    arrays(np.float64, 3, elements=st.floats(-3, 3)),
    st.integers(0, 2),
)
def test_shared_links_add_up_before_any_rounding_is_spread(
    link: links.Shares, values: np.ndarray, base: np.ndarray, column: int
) -> None:
    margins = straight(values, base)
    chosen = np.full(3, column)
    effects, start = link.points(margins, chosen)
    wanted = link.outputs(margins.total)[:, column]
    np.testing.assert_allclose(effects.sum(axis=1) + start, wanted, atol=1e-6)


@pytest.mark.parametrize("size", [40.0, 700.0, 6000.0])
def test_paths_of_any_length_add_up(size: float) -> None:
    values = np.array([[[size, 0.0, -size / 3], [-0.4 * size, 1.0, 0.2 * size], [0.3, -0.3, 0.0]]])
    margins = straight(values, np.array([-3.0, 0.0, 1.0]))
    effects, start = links.SOFTMAX.points(margins, np.array([0]))
    np.testing.assert_allclose(effects.sum() + start[0], links.SOFTMAX.outputs(margins.total)[0, 0], atol=1e-6)


def test_two_classes_through_softmax_are_the_logistic_curve() -> None:
    values = np.array([[[0.5], [-1.5], [2.0]]])
    both = np.concatenate([np.zeros_like(values), values], axis=2)
    one = links.LOGISTIC.points(straight(values, np.array([0.3])), np.array([0]))
    two = links.SOFTMAX.points(straight(both, np.array([0.0, 0.3])), np.array([1]))
    np.testing.assert_allclose(one[0], two[0], atol=1e-9)
    np.testing.assert_allclose(one[1], two[1])


def test_the_integral_is_the_secant() -> None:
    effects, base = links.LOGISTIC.points(straight(np.array([[[1.0], [3.0]]]), np.array([-2.0])), np.array([0]))
    far = links.LOGISTIC.outputs(np.array([[2.0]]))[0, 0]
    np.testing.assert_allclose(effects[0], np.array([1.0, 3.0]) * (far - base[0]) / 4)


def test_effects_that_cancel_use_the_slope() -> None:
    effects, base = links.LOGISTIC.points(straight(np.array([[[2.0], [-2.0]]]), np.array([0.0])), np.array([0]))
    np.testing.assert_allclose(effects[0], [0.5, -0.5])
    assert base[0] == 0.5


def test_a_row_without_effects_stays_at_the_base() -> None:
    settled = links.settle(np.zeros((1, 3)), np.array([0.2]), np.array([0.2]))
    assert (settled == 0).all()
