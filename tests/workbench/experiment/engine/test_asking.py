"""Asking a fitted preparation: few rows, whatever the width of the table, and every answer proves whose it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ExperimentError
from workbench.experiment.engine.asking import Asked, described, trials
from workbench.experiment.engine.asking_numbers import asked_at_once, owners

Answer = Callable[[np.ndarray], np.ndarray]


def numbers(count: int) -> tuple[pd.DataFrame, list[Asked]]:
    """Number columns with a blank each."""
    names = [f"c{place}" for place in range(count)]
    values = np.arange(4.0 * count, dtype=np.float32).reshape(4, count)
    values[1] = np.nan
    return pd.DataFrame(values, columns=names), [Asked(name, f"数{place}", "number") for place, name in enumerate(names)]


def mixed() -> tuple[pd.DataFrame, list[Asked]]:
    """Two numbers, two categories and a date."""
    frame, asked = numbers(2)
    town = np.array(["v1", np.nan, "v0", "v1"], dtype=object)
    more = {"c2": town, "c3": town, "c4": np.array(["2020-01-01"] * 4, dtype="datetime64[ns]")}
    labels = {"v0": "東京", "v1": "大阪"}
    kinds = [Asked("c2", "市", "category", labels), Asked("c3", "町", "category", labels), Asked("c4", "日", "date")]
    return frame.assign(**more), asked + kinds


def coded(column: pd.Series) -> pd.Series:
    """A category as PyCaret would encode it: the first label first, a number for one never seen, and for a blank."""
    return column.map({"v1": 0.0, "v0": 1.0, "unseen": -1.0}).fillna(-2.0)


def test_rows_hardly_grow_with_the_number_columns() -> None:
    few, many = (len(trials(*numbers(count)).frame) for count in (60, 2_400))
    assert many - few == 12  # two rows for each doubling
    assert many < 100


def test_what_numbers_are_asked_is_the_same_in_float32() -> None:
    given = asked_at_once(2_400)
    np.testing.assert_array_equal(given.astype(np.float32).astype(np.float64), given)
    assert asked_at_once(0).shape == (0, 0)
    assert asked_at_once(1).shape == (8, 1)


def test_any_of_two_number_columns_is_blank_while_the_other_is_not() -> None:
    blank = np.isnan(asked_at_once(37))
    assert all((blank[:, a] & ~blank[:, b]).any() for a in range(37) for b in range(37) if a != b)


def test_a_number_with_its_blanks_filled_is_found_at_any_place() -> None:
    given = asked_at_once(5)
    answers = np.column_stack([np.where(np.isnan(given[:, place]), 3.5, given[:, place]) for place in (4, 0, 2)])
    same = np.full((len(given), 1), 7.0)  # moved by no number
    assert owners(np.hstack([same, answers, given[:, [1]]]), given) == {1: 4, 2: 0, 3: 2, 4: 1}


MIXTURES: dict[str, Answer] = {
    "sum": lambda filled: filled[:, 0] + filled[:, 1],
    "mean": lambda filled: (filled[:, 0] + filled[:, 2]) / 2,  # in the first row it is the place between
    "larger": lambda filled: np.maximum(filled[:, 0], filled[:, 1]),
    "doubled": lambda filled: filled[:, 0] * 2,
    "cut": lambda filled: np.minimum(filled[:, 1], 1_000),
}


@pytest.mark.parametrize("mixture", MIXTURES)
def test_what_is_no_single_number_is_nobody_s(mixture: str) -> None:
    given = asked_at_once(3)
    assert owners(MIXTURES[mixture](np.nan_to_num(given, nan=3.5))[:, None], given) == {0: None}


def test_a_blank_filled_by_what_another_number_says_is_refused() -> None:
    given = asked_at_once(2)
    filled = np.where(np.isnan(given[:, 0]), np.nan_to_num(given[:, 1]), given[:, 0])
    assert owners(filled[:, None], given) == {0: None}


def test_every_kind_of_column_is_described() -> None:
    frame, asked = mixed()
    said = trials(frame, asked)
    rows = said.frame
    replies = pd.DataFrame(
        {
            "c0": rows["c0"].fillna(2.0),
            "c1": rows["c1"],
            "c2": coded(rows["c2"]),
            "c3": 4.0,
            "c4_month": rows["c4"].dt.month,
        }
    )
    found = described(replies, said, frame, asked, pd.DataFrame({"c4_month": [1.0, 3.0, 5.0, 7.0]}))
    plain = {"shift": 0.0, "scale": 1.0}
    table = {"values": ["大阪", "東京"], "outputs": [0.0, 1.0], "unseen": -1.0, "missing": -2.0}
    assert found == [
        {"kind": "number", "source": "数0", "missing": 2.0, "float32": True, **plain},
        {"kind": "number", "source": "数1", "missing": None, "float32": True, **plain},
        {"kind": "table", "source": "市", **table},
        {"kind": "constant", "value": 4.0},
        {"kind": "date", "source": "日", "part": "month", "missing": 4.0, **plain},
    ]


@pytest.mark.parametrize(
    ("name", "mixture", "said_of"),
    [
        ("c0", lambda rows: rows["c0"] + rows["c1"], "数0"),
        ("made", lambda rows: rows["c0"] + rows["c1"], "–"),
        ("c1", lambda rows: rows["c1"].where(rows["c2"] != "v0", -1), "数1 × 市"),
        ("c2", lambda rows: coded(rows["c2"]) * 10 + coded(rows["c3"]), "市 × 町"),
        ("c2", lambda rows: coded(rows["c2"]) + rows["c4"].dt.month.fillna(0), "市 × 日"),
        ("c4_week", lambda rows: rows["c4"].dt.day, "日"),
    ],
)
def test_a_column_made_of_several_is_refused_by_name(
    name: str, mixture: Callable[[pd.DataFrame], pd.Series], said_of: str
) -> None:
    frame, asked = mixed()
    said = trials(frame, asked)
    replies = pd.DataFrame({name: mixture(said.frame)})
    with pytest.raises(ExperimentError, match="cannot be repeated outside") as refused:
        described(replies, said, frame, asked, pd.DataFrame({name: [1.0]}))
    assert refused.value.values["step"] == said_of
