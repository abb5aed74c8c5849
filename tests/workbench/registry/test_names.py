"""Names of models hold letters of any script, and nothing that means something to a path."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import RegistryError
from workbench.registry.names import check_name, clean_name


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("churn", "churn"),
        ("顧客 2024 (最新)", "顧客-2024--最新-"),
        ("カ\u3099ス料金", "ガス料金"),
        ("a@b/c\\d:e", "a-b-c-d-e"),
        (".hidden", "-hidden"),
        ("..", "-."),
        ("", "model"),
        ("v1.2_final-x", "v1.2_final-x"),
        ("नमस्ते", "नमस्ते"),
        ("x" * 200, "x" * 80),
        ("zero\u200bwidth", "zero-width"),
    ],
)
def test_a_stem_becomes_a_name(stem: str, name: str) -> None:
    assert clean_name(stem) == name


@given(st.text(max_size=120))
def test_a_clean_name_is_a_name_and_stays_itself(stem: str) -> None:
    name = clean_name(stem)
    assert check_name(name) == name == clean_name(name) == unicodedata.normalize("NFC", name)
    assert len(name) <= 80
    assert len(name.encode()) <= 240
    assert PurePosixPath(name).name == name
    assert not name.startswith(".")


@given(st.text(max_size=120))
def test_a_hostile_name_is_refused_with_a_proposal(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    if clean_name(composed) != composed or not composed:
        with pytest.raises(RegistryError, match="cannot be a model's name"):
            check_name(name)


def test_the_same_letters_written_otherwise_are_the_same_name() -> None:
    assert check_name("カ\u3099ス") == check_name("ガス")
