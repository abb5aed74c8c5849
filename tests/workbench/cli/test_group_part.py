"""Which part of a compound key names the group, on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def mice(tmp_path: Path) -> Path:
    """Forty mice, five measurements each."""
    rows = [f"m{i // 5}_{i % 5},{i * 7 % 11},{'yes' if i // 5 % 2 else 'no'}" for i in range(200)]
    path = tmp_path / "mice.csv"
    path.write_text("\n".join(["MouseID,x,outcome", *rows]))
    return path


def test_a_check_keeps_the_rows_of_a_part_together(call: Call, mice: Path) -> None:
    done = call("check", mice, "--target", "outcome", "--group", "MouseID", "--group-part", "before:_", "--fast", "--json", "-")
    assert not done.stderr.startswith("error"), done.stderr
    advice = json.loads(done.stdout)["advice"]
    assert (advice["folds"], advice["group"]) == ("grouped", "MouseID")
    assert advice["group_part"] == {"column": "MouseID", "part": "before", "separator": "_"}


@pytest.mark.parametrize(
    ("lang", "arguments", "said"),
    [
        ("en", ("--group", "MouseID", "--group-part", "_"), "“_” is no part of a key. Write before:_"),
        ("en", ("--group-part", "before:_"), "A part of the group was named, but no group"),
        ("en", ("--group", "MouseID", "--group-part", "before:#"), "holds the separator “#”"),
        ("ja", ("--group", "MouseID", "--group-part", "half"), "「half」はキーの一部の書き方ではありません"),
    ],
)
@pytest.mark.parametrize("verb", ["check", "compare"])
def test_a_part_that_cannot_be_is_one_clear_line(
    call: Call, mice: Path, verb: str, lang: str, arguments: tuple[str, ...], said: str
) -> None:
    done = call(verb, mice, "--target", "outcome", *arguments, lang=lang)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_comparison_of_mice_by_part_and_of_the_whole_key(spawn: Call, mice: Path) -> None:
    given = ("compare", mice, "--target", "outcome", "--models", "dt", "--folds", "3", "--group", "MouseID", "--json", "-")
    plan = json.loads(spawn(*given, "--group-part", "before:_").stdout)["plan"]
    assert (plan["group"], plan["group_part"]) == ("MouseID", {"part": "before", "separator": "_"})
    assert json.loads(spawn(*given, "--group-part", "whole").stdout)["plan"]["group_part"] is None
