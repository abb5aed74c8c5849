"""A recipe's text read back: the same recipe, or everything that is wrong with it at once, each by its key and line.

Nothing in the text is ever executed or constructed: a recipe is plain data, and a key that there is none of is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from workbench.data.repairs import RULES, Repair, Repairs
from workbench.data.roles import Roles
from workbench.errors import ExperimentError, RepairError, WorkbenchError, closest
from workbench.experiment.candidates import offered
from workbench.experiment.plan import Plan, checked_sort, number_problems
from workbench.experiment.plan.reading import READERS
from workbench.experiment.plan.switches import problems as switch_problems
from workbench.experiment.recipe import FACTS, PLANNED, VERSION, Origin, Recipe, plain_yaml
from workbench.experiment.recipe.plain_yaml import Document, Path
from workbench.task import Task
from workbench.words import Text

# What a person may decide about how a file is read.
READING: dict[str, type] = {"sheet": str, "encoding": str, "delimiter": str, "header": int}
SECTIONS = ("recipe", "data", "reading", "repairs", "roles", "plan", "result")
RESULTS = ("model", "metrics", "holdout")
WHOLE = frozenset({"folds", "seed", "sample"})
LISTS, MAPPINGS = frozenset({"models", "ignore"}), frozenset({"group_part", "switches"})
# A value that stands in a sentence is cut off here.
MOST_SHOWN = 60
Problems = list[tuple[Path, Text]]


def read(text: str) -> Recipe:
    """Return the recipe of a text.

    Raises
    ------
    ExperimentError
        Names everything that is wrong, each by its key and line.
    """
    found = plain_yaml.read(text)
    data, problems = found.data, list(found.problems)
    if not isinstance(data, dict) or "recipe" not in data:
        raise ExperimentError("error.recipe.none")
    if data["recipe"] != VERSION or isinstance(data["recipe"], bool):
        raise ExperimentError("error.recipe.version", found=shown(data["recipe"]), known=VERSION)
    problems += unknown(data, SECTIONS, ())
    plan = plan_of(section(data, "plan", problems), problems)
    roles = roles_of(section(data, "roles", problems), problems)
    reading = typed(section(data, "reading", problems), READING, "reading", problems)
    facts = typed(section(data, "data", problems), FACTS, "data", problems)
    result = result_of(section(data, "result", problems), problems)
    repairs = repairs_of(data.get("repairs"), problems)
    if problems:
        raise refused(problems, found)
    return Recipe(plan, roles, repairs, reading, Origin(**facts), result)


def shown(value: Any) -> str:
    """Return a value as a sentence shows it."""
    text = str(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def section(data: Mapping[str, Any], name: str, problems: Problems) -> dict[str, Any]:
    """Return a part of the document that has keys; one that is left out is empty."""
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        problems.append(((name,), Text("error.recipe.not_keys")))
        return {}
    return value or {}


def unknown(data: Iterable[str], known: Collection[str], path: Path) -> Problems:
    """Return a problem for each key that there is none of."""
    names = list(known)
    return [((*path, key), with_hint(Text("error.recipe.unknown"), closest(key, names))) for key in data if key not in known]


def with_hint(problem: Text, hint: Text | None) -> Text:
    """Return a sentence with the next step behind it."""
    return Text("error.recipe.hint", problem=problem, hint=hint) if hint else problem


def said(problem: WorkbenchError) -> Text:
    """Return an error of ours as a sentence."""
    return with_hint(Text(problem.key, **problem.values), problem.hint)


def plan_of(data: dict[str, Any], problems: Problems) -> Plan:
    """Read the plan, every setting by itself, so that all that is wrong is found at once."""
    fine: dict[str, Any] = {}
    before = len(problems)
    for name, value in data.items():
        if name == "switches" and isinstance(value, dict):
            fine[name] = {}
            for switch, one in value.items():
                fine[name] |= setting(name, {switch: one}, ("plan", name, switch), problems).get(name, {})
        else:
            fine |= setting(name, value, ("plan", name), problems)
    if data.get("target") in (None, ""):
        problems.append((("plan",), Text("error.experiment.no_target")))
    problems.extend(task_problems(fine))
    return Plan("") if len(problems) > before else Plan.from_dict(fine)


def task_problems(fine: Mapping[str, Any]) -> Problems:
    """Return what is no model or metric of the plan's task, where the plan names a task."""
    if not fine.get("task"):
        return []
    task, found = Task(fine["task"]), Problems()
    known = [candidate.id for candidate in offered(task)]
    for i, model in enumerate(fine.get("models") or ()):
        if str(model) not in known:
            problem = ExperimentError("error.experiment.no_such_model", model=shown(model), hint=closest(str(model), known))
            found.append((("plan", "models", i), said(problem)))
    try:
        checked_sort(None if fine.get("sort") is None else str(fine["sort"]), task)
    except WorkbenchError as problem:
        found.append((("plan", "sort"), said(problem)))
    return found


def setting(name: str, value: Any, path: Path, problems: Problems) -> dict[str, Any]:
    """Return one setting of a plan where it can be one, else note why not."""
    if name not in READERS:
        problems.extend(unknown([name], READERS, path[:-1]))
        return {}
    is_fitting = isinstance(value, list) == (name in LISTS) and isinstance(value, dict) == (name in MAPPINGS)
    is_part = name in WHOLE and isinstance(value, float) and not value.is_integer()
    if value is not None and (not is_fitting or is_part):
        problems.append((path, Text("error.experiment.value", name=name, value=str(value))))
        return {}
    try:
        plan = Plan.from_dict({"target": "-", name: value})
        wrong: list[WorkbenchError] = [*number_problems(plan), *switch_problems(plan.switches, is_classification=True)]
    except WorkbenchError as problem:
        wrong = [problem]
    except OverflowError:
        wrong = [ExperimentError("error.experiment.value", name=name, value=str(value))]
    problems.extend((path, said(problem)) for problem in wrong)
    return {} if wrong else {name: value}


def roles_of(data: dict[str, Any], problems: Problems) -> Roles:
    """Read the roles, each by itself."""
    known = [name for name in Roles.__dataclass_fields__ if name not in PLANNED]
    problems.extend(unknown(data, known, ("roles",)))
    fine = {}
    for name in known:
        if name in data:
            try:
                Roles.from_dict({name: data[name]})
                fine[name] = data[name]
            except ValueError:
                problems.append((("roles", name), Text("error.recipe.value", value=shown(data[name]))))
    return Roles.from_dict(fine)


def typed(data: dict[str, Any], kinds: Mapping[str, type], name: str, problems: Problems) -> dict[str, Any]:
    """Read values of known types; a number that is text in the recipe is written as text."""
    problems.extend(unknown(data, kinds, (name,)))
    fine = {}
    for key, kind in kinds.items():
        value = data.get(key)
        if value is None:
            continue
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if isinstance(value, dict | list) or (kind is int and not is_count):
            problems.append(((name, key), Text("error.recipe.value", value=shown(value))))
        else:
            fine[key] = kind(value)
    return fine


def result_of(data: dict[str, Any], problems: Problems) -> dict[str, Any] | None:
    """Read what came out before."""
    problems.extend(unknown(data, RESULTS, ("result",)))
    checks: dict[str, Callable[[Any], bool]] = {"model": lambda v: isinstance(v, str), "metrics": scores, "holdout": scores}
    for key, fits in checks.items():
        if data.get(key) is not None and not fits(data[key]):
            problems.append((("result", key), Text("error.recipe.value", value=shown(data[key]))))
    return {key: data[key] for key in RESULTS if data.get(key) is not None} or None


def scores(value: Any) -> bool:
    """Tell whether a value holds metrics by name."""
    return isinstance(value, dict) and all(
        one is None or (isinstance(one, int | float) and not isinstance(one, bool)) for one in value.values()
    )


def repairs_of(listed: Any, problems: Problems) -> Repairs:
    """Read the repairs, each by itself, and then whether they go together."""
    if listed is not None and not isinstance(listed, list):
        problems.append((("repairs",), Text("error.recipe.not_list")))
        return Repairs()
    steps = []
    for i, one in enumerate(listed or ()):
        try:
            steps.append(Repair.from_dict(one))
        except ValueError:
            problems.append((("repairs", i), repair_problem(one)))
    try:
        return Repairs.of(steps)
    except RepairError as problem:
        problems.append((("repairs",), said(problem)))
        return Repairs()


def repair_problem(step: Any) -> Text:
    """Return why a step is no repair."""
    rule = str(step["rule"]) if isinstance(step, dict) and "rule" in step else ""
    if rule and rule not in RULES:
        return with_hint(Text("error.prepare.rule", rule=rule, column=str(step.get("column", "–"))), closest(rule, RULES))
    return Text("error.recipe.repair", value=shown(step))


def refused(problems: Problems, found: Document) -> ExperimentError:
    """Return one error that says everything that is wrong, in the order of the lines."""
    placed = sorted(((line_of(path, found), path, text) for path, text in problems), key=lambda one: one[0])
    if len(placed) == 1:
        line, path, text = placed[0]
        return ExperimentError("error.recipe.one", place=named(path), line=line, problem=text)
    fields = [
        {"field": named(path), "problem": Text("error.recipe.at", line=line, problem=text)} for line, path, text in placed
    ]
    return ExperimentError("error.recipe.several", count=len(placed), fields=fields)


def line_of(path: Path, found: Document) -> int:
    """Return the line of a key, or of the nearest thing around it."""
    while path and path not in found.lines:
        path = path[:-1]
    return found.lines.get(path, 1)


def named(path: Path) -> str:
    """Return a key as a person would point at it: ``plan.folds``, ``repairs[2]``."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
