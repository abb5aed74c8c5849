"""Changing a row's values."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_the_example_is_filled_in_and_predicted(open_page: Open, texts: Read) -> None:
    for record in actions.models.list(by=LOCAL):
        at = open_page("what_if", model=record.name)
        assert not at.error, record.name
        assert at.metric
        assert "Nothing is changed yet" in texts(at), record.name


def test_a_changed_value_changes_the_answer_and_is_named(open_page: Open, texts: Read) -> None:
    record = next(r for r in actions.models.list(by=LOCAL) if r.sample == "advertising")
    at = open_page("what_if", model=record.name)
    before = at.metric[0].value
    field = at.number_input[0]
    field.set_value(1e6)
    next(b for b in at.button if "FormSubmitter" in str(b.key)).click().run()
    assert not at.error
    assert "1 value changed" in texts(at)
    assert "second look" in texts(at), "a value far outside the training is distrusted"
    assert at.metric[0].value != before or at.metric[0].delta is not None or "chart" in texts(at)
