"""A recipe that somebody edited: everything that is wrong at once, each by key and line, and nothing is ever executed."""

from __future__ import annotations

import pytest

from workbench.errors import ExperimentError
from workbench.experiment.recipe.reading import read
from workbench.words import LANGUAGES

LEAST = "recipe: 1\nplan:\n  target: 解約\n"


def refused(text: str) -> dict[str, str]:
    """What is wrong, by key."""
    with pytest.raises(ExperimentError) as found:
        read(text)
    problem = found.value
    assert all(problem.say(lang) for lang in LANGUAGES)
    if problem.fields:
        return {field["field"]: field["problem"].say("en") for field in problem.fields}
    return {str(problem.values.get("place", "")): problem.say("en")}


def test_the_least_that_is_a_recipe() -> None:
    assert read(LEAST).plan.target == "解約"


def test_every_problem_is_named_at_once_with_its_key_and_line() -> None:
    found = refused(
        """recipe: 1
plans: {}
data: {row: 3}
reading:
  header: -1
repairs:
  - {column: a, rule: thousand}
  - nonsense
roles:
  sensitve: [a]
  ids: a
plan:
  target: y
  task: binary
  fold: 5
  folds: 500
  models: [lr, lightgmb]
  sort: AOC
  switches: {scaling: standart, pac: 3}
result:
  model: [lr]
  metrics: {AUC: high}
"""
    )
    assert found.keys() == {
        "plans", "data.row", "reading.header", "repairs[1]", "repairs[2]", "roles.sensitve", "roles.ids", "plan.fold",
        "plan.folds", "plan.models[2]", "plan.sort", "plan.switches.scaling", "plan.switches.pac",
        "result.model", "result.metrics",
    }  # fmt: skip
    assert found["plans"].startswith("line 2: ")
    assert found["plan.models[2]"].startswith("line 17: ")
    assert "line 19: " in found["plan.switches.pac"]


@pytest.mark.parametrize(
    ("text", "place", "closest"),
    [
        (LEAST + "  foldz: 3\n", "plan.foldz", "folds"),
        (LEAST + "rolls: {}\n", "rolls", "roles"),
        (LEAST + "roles: {sensitiv: []}\n", "roles.sensitiv", "sensitive"),
        (LEAST + "  task: regression\n  models: [ridg]\n", "plan.models[1]", "ridge"),
        (LEAST + "  switches: {scalings: none}\n", "plan.switches.scalings", "scaling"),
        (LEAST + "repairs: [{column: a, rule: thousandz}]\n", "repairs[1]", "thousands"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest_one(text: str, place: str, closest: str) -> None:
    assert closest in refused(text)[place]


def test_what_looks_like_something_else_stays_text() -> None:
    recipe = read('recipe: 1\nplan: {target: no, event: on, group: 12:30, time: 2024-01-01, ignore: [yes, 0x1f, 1_000, "7"]}\n')
    plan = recipe.plan
    assert (plan.target, plan.event, plan.group, plan.time) == ("no", "on", "12:30", "2024-01-01")
    assert plan.ignore == ("yes", "0x1f", "1_000", "7")


@pytest.mark.parametrize(
    "text",
    ["", "- a\n- b\n", "plan: {target: y}\n", "just text", "recipe:\n", "42", "{}"],
)
def test_what_is_no_recipe_says_so(text: str) -> None:
    with pytest.raises(ExperimentError, match=r"no recipe|version"):
        read(text)


@pytest.mark.parametrize("version", ["2", "true", "1.5", "'1'", "[1]"])
def test_another_version_is_refused(version: str) -> None:
    with pytest.raises(ExperimentError, match="this workbench reads version 1"):
        read(f"recipe: {version}\nplan: {{target: y}}\n")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (LEAST + "  name: !!python/object/apply:os.system [echo]\n", "python/object"),
        (LEAST + "  name: !mine x\n", "!mine"),
        (LEAST + "  name: !!int three\n", "!!int"),
        ("recipe: 1\nplan: &p {target: y}\nroles: *p\n", "refers to another place"),
        (LEAST + "  folds: 3\n  folds: 4\n", "twice"),
        (LEAST + "  budget: 1.0e+999\n", "cannot stand here"),
        (LEAST + "  ? [a]\n  : b\n", "plain text"),
        ("recipe: 1\nplan: {target: y\n", "line 3"),
        ("recipe: 1\nplan:\n\ttarget: y\n", "line 3"),
        (LEAST + "  name: \x01\n", "line 4"),
        ("recipe: 1\n---\nrecipe: 1\n", "line 2"),
        ("[" * 3000 + "]" * 3000, "nested too deeply"),
    ],
)
def test_yaml_s_surprises_are_refused_with_a_sentence(text: str, match: str) -> None:
    with pytest.raises(ExperimentError, match=match):
        read(text)


def test_parts_of_the_wrong_kind_are_named() -> None:
    found = refused("recipe: 1\nplan: [target]\nrepairs: {a: b}\nroles: text\n")
    assert found.keys() == {"plan", "repairs", "roles"}


def test_numbers_that_are_none_are_named() -> None:
    found = refused(LEAST + "  folds: many\n  seed: 1.5\n  train_size: [0.7]\n  budget: -1\n  models: lr\n  group_part: x\n")
    assert found.keys() == {"plan.folds", "plan.seed", "plan.train_size", "plan.budget", "plan.models", "plan.group_part"}


def test_repairs_that_contradict_each_other_are_refused() -> None:
    steps = "".join(f"  - {{column: a, rule: missing, options: {{values: ['{value}']}}}}\n" for value in (8, 9))
    with pytest.raises(ExperimentError, match=r"repairs \(line 4\).*twice"):
        read(LEAST + "repairs:\n" + steps)
