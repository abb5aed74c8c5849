"""The flags of a comparison's preparation become the plan's own names, and every switch has one."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.cli import preparing
from workbench.cli.flags import build
from workbench.errors import WorkbenchError
from workbench.experiment.plan import Plan
from workbench.experiment.plan.switches import READERS, Switches
from workbench.words import Lang


def plan(*flags: str, lang: Lang = "en") -> dict[str, Any]:
    asked = build(lang).parse_args(["compare", "sample:credit", "--target", "y", *flags])
    return {name: value for name, value in preparing.given(asked).items() if value is not None}


def test_nothing_said_leaves_everything_to_the_plan() -> None:
    assert plan() == {}


def test_flags_become_a_plan() -> None:
    asked = "--preprocessing pycaret --sample 500 --class-weight balanced --scaling standard --rare 0.01 --pca 3"
    given = plan(*asked.split(), "--low-variance", "--most-one-hot", "8")
    read = Plan.from_dict({"target": "y", **given})
    assert (read.preprocessing, read.sample, read.class_weight) == ("pycaret", 500, "balanced")
    assert read.switches == Switches(scaling="standard", rare=0.01, pca=3, low_variance=True, most_one_hot=8)


def test_every_switch_has_a_flag_with_help_in_both_languages() -> None:
    for lang in ("en", "ja"):
        parser: Any = build(lang)
        known = parser._subparsers._group_actions[0].choices["compare"]._option_string_actions
        for name in READERS:
            assert known[f"--{name.replace('_', '-')}"].help


def test_a_choice_that_there_is_not_is_one_line() -> None:
    with pytest.raises(WorkbenchError, match="iterative"):
        plan("--numbers-missing", "iterative")
