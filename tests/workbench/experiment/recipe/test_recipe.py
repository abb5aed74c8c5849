"""A recipe on paper: one layout, a head in the reader's language, and what was written comes back."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.repairs import Repair, Repairs
from workbench.data.roles import Roles
from workbench.errors import ColumnNotFound, ColumnsNotFound
from workbench.experiment.plan import Plan
from workbench.experiment.plan.switches import Switches
from workbench.experiment.recipe import Origin, Recipe
from workbench.experiment.recipe import reading as recipe_reading
from workbench.task import Task

# What YAML 1.1 takes for something else, and what a table may hold all the same.
AWKWARD = (
    "no",
    "on",
    "~",
    "null",
    "12:30",
    "2024-01-01",
    "0x1f",
    "1_000",
    "1e5",
    ".5",
    "007",
    "# a",
    "a: b",
    "- x",
    "*ref",
    "はい",
)
LETTERS = st.characters(exclude_categories=("C", "Z"))
names = st.one_of(st.sampled_from(AWKWARD), st.text(LETTERS, min_size=1, max_size=12))
plans = st.builds(
    Plan,
    target=names,
    task=st.just(Task.BINARY),
    event=names,
    models=st.just(("lr", "dt")),
    sort=st.just("AUC"),
    folds=st.integers(2, 50),
    train_size=st.floats(0.1, 0.95),
    group=st.none() | names,
    time=st.none() | names,
    budget=st.none() | st.floats(1e-6, 1e9),
    name=st.text("abc", max_size=3),
    sample=st.none() | st.integers(50, 10**9),
    switches=st.builds(Switches, rare=st.none() | st.floats(0.0001, 0.5), low_variance=st.booleans()),
)
roles = st.builds(
    Roles,
    sensitive=st.lists(names, unique=True, max_size=3).map(tuple),
    meaning=st.dictionaries(names, names, max_size=3),
    row_is=st.none() | names,
)


def churn() -> Recipe:
    plan = Plan("解約", Task.BINARY, "はい", ("lr", "dt"), "AUC", 3, ignore=("番号", "解約日", "勘"), name="churn")
    said = Roles(
        target="解約", event="はい", ids=("番号",), unknown_at_prediction=("解約日",), exclude=("別",), unit={"収入": "円"}
    )
    return Recipe.of(
        plan,
        said,
        repairs=Repairs.of([Repair("収入", "thousands"), Repair("年齢", "missing", {"values": ["999"]})]),
        reading={"encoding": "cp932", "header": 2},
        data=Origin("顧客.csv", 300, "abc"),
        result={"model": "lr", "metrics": {"AUC": 0.8, "F1": None}, "holdout": {"AUC": 0.79}},
    )


@settings(max_examples=20)
@given(plan=plans, roles=roles)
def test_what_was_written_comes_back(plan: Plan, roles: Roles) -> None:
    recipe = Recipe(plan, roles)
    assert recipe_reading.read(recipe.to_yaml()) == recipe


@settings(max_examples=20)
@given(table=st.text(max_size=30))
def test_a_table_s_name_never_leaves_the_head(table: str) -> None:
    recipe = Recipe(Plan("y"), data=Origin(table.replace("\x00", "") or "t"))
    head = recipe.to_yaml("ja").partition("\n\n")[0]
    assert len(head.splitlines()) == 4
    assert all(line.startswith("# ") for line in head.splitlines())


def test_a_whole_recipe_comes_back() -> None:
    recipe = churn()
    assert recipe_reading.read(recipe.to_yaml("ja")) == recipe
    assert recipe_reading.read(recipe.to_yaml("en")) == recipe


def test_the_parts_stand_in_one_order_with_a_line_for_each_setting_and_repair() -> None:
    text = churn().to_yaml()
    assert [line.rstrip(":") for line in text.splitlines() if line[:1].isalpha()] == [
        "recipe: 1", "data", "reading", "repairs", "roles", "plan", "result",
    ]  # fmt: skip
    assert "- {column: 収入, rule: thousands" in text
    assert "\n  models: [lr, dt]\n" in text
    assert "\n  folds: 3\n" in text
    assert "\n    rare: null\n" in text


def test_only_the_head_holds_comments_and_it_speaks_the_reader_s_language() -> None:
    japanese, english = churn().to_yaml("ja"), churn().to_yaml("en")
    assert japanese.partition("\n\n")[2] == english.partition("\n\n")[2]
    assert "#" not in english.partition("\n\n")[2]
    assert "レシピ" in japanese.splitlines()[0]
    assert "顧客.csv" in japanese.splitlines()[0]
    assert "workbench run" in english.splitlines()[1]


def test_any_yaml_reader_can_read_it() -> None:
    assert yaml.safe_load(churn().to_yaml())["plan"]["folds"] == 3


def test_a_column_that_the_plan_left_out_is_said_once_with_its_role() -> None:
    recipe = churn()
    assert recipe.plan.ignore == ("勘",)
    assert recipe.roles.ids == ("番号",)
    assert recipe.roles.exclude == ()  # the plan learned from it
    assert recipe.full_plan.ignore == ("勘", "番号", "解約日")
    assert recipe.full_roles.target == "解約"


def test_columns_that_were_left_out_and_are_gone_are_told_and_needed_ones_are_missed() -> None:
    recipe = churn()
    plan, kept, gone = recipe.on(["解約", "収入", "番号"])
    assert plan.ignore == ("番号",)
    assert gone == ["勘", "解約日"]
    assert kept.unit == {"収入": "円"}
    with pytest.raises(ColumnNotFound, match="解約"):
        recipe.on(["収入"])
    split = Recipe(Plan("解約", group="家", time="日"))
    with pytest.raises(ColumnsNotFound, match="家"):
        split.on(["収入"])


def test_roles_of_somebody_else_change_the_split_but_not_what_they_do_not_say() -> None:
    recipe = churn().with_roles(Roles(group="家", exclude=("収入",)))
    assert (recipe.plan.target, recipe.plan.event, recipe.plan.group) == ("解約", "はい", "家")
    assert "収入" in recipe.full_plan.ignore
