"""Every candidate has a name, a family and its place among the simple ones."""

from __future__ import annotations

import pytest

from workbench.experiment.candidates import BASELINE, CANDIDATES, candidate, default_models, offered, simplest
from workbench.task import Task
from workbench.words import LANGUAGES


@pytest.mark.parametrize("task", list(Task))
def test_every_candidate_has_a_name_in_both_languages(task: Task) -> None:
    for one in (*CANDIDATES[task], candidate(task, BASELINE)):
        assert all(one.title.say(lang) for lang in LANGUAGES)


@pytest.mark.parametrize("task", list(Task))
def test_the_default_models_can_all_run_here(task: Task) -> None:
    assert set(default_models(task)) <= {one.id for one in offered(task)}
    assert "gpc" not in default_models(task)


def test_the_simplest_of_a_tie_is_the_linear_one() -> None:
    assert simplest(Task.BINARY, frozenset({"rf", "lightgbm", "lr"})) == "lr"
    assert simplest(Task.REGRESSION, frozenset()) is None
