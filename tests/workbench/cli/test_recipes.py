"""`run`, `models recipe` and `runs recipe` as their users meet them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]


def test_a_wrong_recipe_is_one_line_and_a_line_for_each_problem_and_exit_2(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("recipe: 1\nplan:\n  target: y\n  foldz: 3\n  seed: -1\n", encoding="utf-8")
    done = call("run", path, "--json", tmp_path / "out.json")
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert lines[0] == "error: The recipe cannot be run: 2 of its entries are wrong."
    assert "plan.foldz" in lines[1]
    assert "line 4" in lines[1]
    assert "folds" in lines[1]
    assert "line 5" in lines[2]
    assert done.stdout == ""
    assert not (tmp_path / "out.json").exists()


def test_a_recipe_that_is_not_there_names_what_is(call: Call, tmp_path: Path) -> None:
    (tmp_path / "churn.yaml").write_text("recipe: 1\n", encoding="utf-8")
    done = call("run", tmp_path / "chrun.yaml", lang="ja")
    assert done.returncode == 2
    assert "churn.yaml" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_shipped_model_has_a_recipe_on_standard_output(call: Call) -> None:
    done = call("models", "recipe", "spam-filter", lang="ja")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# 表「")
    assert "\nrecipe: 1\n" in done.stdout
    assert call("runs", "recipe").returncode == 2


@pytest.mark.slow
def test_a_recipe_repeats_to_the_same_numbers_and_stands_beside_the_champion_on_a_new_month(
    call: Call, tmp_path: Path, make_table: Callable[..., pl.DataFrame]
) -> None:
    for seed, name in ((0, "四月.csv"), (1, "五月.csv")):
        make_table(240, seed).drop("ランク", "売上").write_csv(tmp_path / name)
    plan = ("--target", "解約", "--models", "dt", "--folds", "3", "--ignore", "顧客番号", "--name", "churn")
    first = call("compare", tmp_path / "四月.csv", *plan, "--json", "-")
    assert first.returncode == 0, first.stderr
    recipe = tmp_path / "churn.yaml"
    assert call("models", "recipe", "churn", "-o", recipe).returncode == 0
    again = call("run", recipe, "--json", "-")
    assert again.returncode == 0, again.stderr
    before, after = json.loads(first.stdout), json.loads(again.stdout)
    assert [row["folds"] for row in after["leaderboard"]] == [row["folds"] for row in before["leaderboard"]]
    assert after["holdout"] == before["holdout"]
    assert after["repeated"]["same"] is True
    new = call("run", recipe, "--data", tmp_path / "五月.csv", "--name", "may", lang="ja")
    assert new.returncode == 0, new.stderr
    assert f"チャンピオン {before['registered']}" in new.stdout
    assert "may@" in new.stdout
