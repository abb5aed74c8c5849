"""A profile survives being kept: its numbers, its sentences, and nothing of another formula."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from workbench.profile import kept, profile
from workbench.words import Text


def test_a_kept_profile_is_the_profile(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile(make_table(300), target="解約")
    again = kept.from_json(kept.to_json(made))
    assert again is not None
    assert kept.to_json(again) == kept.to_json(made)
    assert again["columns"] == made["columns"]
    assert [alert["text"].say("ja") for alert in again["alerts"]] == [alert["text"].say("ja") for alert in made["alerts"]]


def test_sentences_stay_unsaid_also_inside_each_other() -> None:
    text = Text("error.jobs.with_hint", sentence=Text("error.jobs.lost"), hint=Text("error.closest", names=["a", "b"]))
    again = kept.from_json(kept.to_json({"alerts": [{"text": text}], "limits": text}))
    assert again == {"alerts": [{"text": text}], "limits": text}


def test_columns_named_like_a_sentence_are_no_sentence() -> None:
    blanks = {"blanks": {"key": 3, "values": 0}}
    assert kept.from_json(kept.to_json(blanks)) == blanks


def test_numbers_of_other_libraries_and_what_is_not_finite_are_kept_as_plain_data() -> None:
    made = {"a": np.float64(0.1), "b": [np.int64(7), float("nan")], "c": (1, float("inf")), "d": date(1969, 12, 31), "e": True}
    made["f"] = Text("figure.nothing", value=float("-inf"))
    again = kept.from_json(kept.to_json(made))
    plain = {"a": 0.1, "b": [7, None], "c": [1, None], "d": "1969-12-31", "e": True, "f": Text("figure.nothing", value=None)}
    assert again == plain


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-320, 2**63 + 1, -0.0, 123456789.123456789])
def test_no_digit_is_lost(number: float) -> None:
    again = kept.from_json(kept.to_json({"n": number}))
    assert again is not None
    assert repr(again["n"]) == repr(number)


def test_what_another_formula_made_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = kept.to_json({"rows": 1})
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)
    assert kept.from_json(data) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"version": 1, "profile": []}', b'{"profile": {}}'])
def test_bytes_that_are_none_of_ours_are_nothing(data: bytes) -> None:
    assert kept.from_json(data) is None


def test_what_is_kept_is_strict_json() -> None:
    def refused(constant: str) -> float:
        raise AssertionError(constant)

    assert json.loads(kept.to_json({"n": float("nan")}), parse_constant=refused)["profile"] == {"n": None}


def test_what_has_no_plain_form_is_our_mistake() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        kept.to_json({"a": object()})
