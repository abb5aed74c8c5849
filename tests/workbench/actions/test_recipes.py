"""Recipes of runs, and recipes that fill a new comparison's form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workbench import actions
from workbench.actions import held
from workbench.data import Roles
from workbench.data import datasets as tables
from workbench.data.repairs import Repair, Repairs
from workbench.errors import ColumnNotFound, DataError, DatasetNotFound, ExperimentError, JobError, JobNotFound, UploadNotFound
from workbench.experiment.plan import Plan
from workbench.experiment.recipe import Recipe
from workbench.experiment.recipe import reading as recipe_reading
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.task import Task

Bring = Callable[..., str]
PLAN = Plan("解約", Task.BINARY, "はい", ("lr", "dt"), "AUC", 4, ignore=("顧客番号",), seed=7, budget=60.0, name="churn")


def kept(dataset_id: str, kind: str = "compare", result: dict[str, Any] | None = None, plan: Plan = PLAN) -> str:
    """A run as one that was made is kept."""
    run, now = records.new_id(datetime.now(UTC)), datetime.now(UTC)
    spec = {"dataset": dataset_id, "plan": plan.to_dict()}
    put_json(
        held.store(),
        records.place(run, records.SPEC),
        {"id": run, "kind": kind, "title": "顧客.csv: 解約", "owner": LOCAL.who, "created": now.isoformat(), "spec": spec},
    )
    records.settle(held.store(), run, "finished", at=now, result=result or {})
    return run


def test_a_run_s_recipe_holds_its_plan_its_roles_and_what_came_out(bring: Bring) -> None:
    rows = [{"model": "dt", "rank": 2, "metrics": {"AUC": 0.6}}, {"model": "lr", "rank": 1, "metrics": {"AUC": 0.8}}]
    result = {"leaderboard": rows, "holdout": {"AUC": 0.79}, "plan": PLAN.to_dict() | {"sample": 200, "budget": 10.0}}
    dataset = bring(300)
    recipe = recipe_reading.read(actions.recipes.yaml_of_run(kept(dataset, result=result), by=LOCAL, lang="ja"))
    known = actions.datasets.get(dataset, by=LOCAL)
    assert recipe.full_plan == replace(PLAN, sample=200)  # what memory decided, but the person's own budget
    assert recipe.roles.exclude == ("顧客番号",)
    assert (recipe.data.name, recipe.data.rows, recipe.data.fingerprint) == ("顧客.csv", 300, known.fingerprint)
    assert recipe.result == {"model": "lr", "metrics": {"AUC": 0.8}, "holdout": {"AUC": 0.79}}


def test_only_a_comparison_of_mine_whose_table_is_there_has_a_recipe(bring: Bring, stranger: Principal) -> None:
    dataset = bring()
    run = kept(dataset)
    assert actions.recipes.file_name(run, by=LOCAL, lang="ja") == "churn_レシピ.yaml"
    with pytest.raises(JobNotFound, match=run):
        actions.recipes.of_run(run, by=stranger)
    with pytest.raises(JobError, match="is no comparison"):
        actions.recipes.of_run(kept(dataset, kind="batch"), by=LOCAL)
    orphan = kept("20260101T000000Z-abcdef")
    assert actions.recipes.file_name(orphan, by=LOCAL, lang="en") is None
    with pytest.raises(DatasetNotFound, match="20260101T000000Z-abcdef"):
        actions.recipes.of_run(orphan, by=LOCAL)


def sent(text: str | bytes, name: str = "r.yaml") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name=name)
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    return upload


def test_a_recipe_fills_the_plan_of_a_table_and_says_what_does_not_come_along(bring: Bring) -> None:
    recipe = Recipe(
        replace(PLAN, ignore=("顧客番号", "昔の列")), repairs=Repairs.of([Repair("年齢", "missing", {"values": ["999"]})])
    )
    dataset, upload = bring(), sent(recipe.to_yaml())
    filled = actions.recipes.from_upload(dataset, upload, by=LOCAL)
    assert filled.plan == PLAN
    assert [text.key for text in filled.texts] == ["recipe.gone", "recipe.not_repaired"]
    assert "年齢" in filled.texts[1].say("ja")
    assert actions.compare.checked(actions.datasets.get(dataset, by=LOCAL), filled.wishes) == PLAN
    with pytest.raises(UploadNotFound, match="no such upload"):
        actions.uploads.offset(upload, by=LOCAL)


def test_repairs_that_the_table_has_are_not_asked_for_again(bring: Bring) -> None:
    known = actions.datasets.get(bring(), by=LOCAL)
    repairs = Repairs.of([Repair("年齢", "missing", {"values": ["999"]})])
    repaired = replace(known, id=known.id[:-6] + "abcdef", repairs=repairs)
    tables.save(held.store(), repaired)
    assert actions.recipes.fill(Recipe(PLAN, repairs=repairs).to_yaml().encode(), "r.yaml", repaired.id, by=LOCAL).texts == ()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"\xff\xfe\x00", "no recipe"),
        (b"PK\x03\x04", "not YAML"),
        (b"a,b\n1,2\n", "no recipe"),
        (b"x" * (actions.recipes.MOST_BYTES + 1), "larger than 1 MB"),
        ("recipe: 1\nplan: {target: 解約, modles: [lr]}\n".encode(), "models"),
        ("recipe: 1\nplan: {target: 解約, models: [lr], sort: RMSE}\n".encode(), "RMSE"),
    ],
)
def test_what_is_no_recipe_for_this_table_is_refused_and_its_upload_is_gone(bring: Bring, content: bytes, match: str) -> None:
    upload = sent(content)
    with pytest.raises((ExperimentError, DataError), match=match):
        actions.recipes.from_upload(bring(60), upload, by=LOCAL)
    with pytest.raises(UploadNotFound, match="no such upload"):
        actions.uploads.offset(upload, by=LOCAL)


def test_a_table_without_the_target_is_said(bring: Bring) -> None:
    with pytest.raises(ColumnNotFound, match="退会"):
        actions.recipes.fill("recipe: 1\nplan: {target: 退会}\n".encode(), "r.yaml", bring(), by=LOCAL)


def test_a_file_is_read_with_the_mark_that_windows_writes(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + Recipe(PLAN, Roles(row_is="顧客")).to_yaml().replace("\n", "\r\n").encode())
    assert actions.recipes.read(path, by=LOCAL) == Recipe(PLAN, Roles(row_is="顧客"))
    with pytest.raises(DataError, match=r"no recipe 'r.yml'|r\.yaml"):
        actions.recipes.read(tmp_path / "r.yml", by=LOCAL)
