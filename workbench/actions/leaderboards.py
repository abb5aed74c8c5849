"""A comparison's leaderboard to look at: under any of its metrics, as a chart, beside another run's, and the runs before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from workbench.actions import compare, datasets, held, holdouts
from workbench.errors import DatasetNotFound, ExperimentError
from workbench.evaluation.metrics import METRICS, greater_is_better
from workbench.experiment.candidates import CANDIDATES, candidate
from workbench.experiment.leaderboard import beside as sides
from workbench.experiment.leaderboard import charts, files
from workbench.experiment.leaderboard import standing as standings
from workbench.experiment.leaderboard.beside import Beside, Line, Side
from workbench.experiment.leaderboard.beside_said import Data
from workbench.experiment.leaderboard.standing import Standing
from workbench.jobs import Job, records
from workbench.principal import Principal
from workbench.registry import clean_name
from workbench.task import Task
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "Beside",
    "Board",
    "Earlier",
    "Line",
    "Standing",
    "beside",
    "board",
    "comparable",
    "earlier",
]

View = Literal["scores", "differences", "folds"]
Form = Literal["csv", "xlsx"]
# A list of runs longer than this is looked through by nobody.
MOST_EARLIER = 30


@dataclass(frozen=True)
class Board:
    """A leaderboard as it stands, under one metric."""

    job: Job
    plan: dict[str, Any]
    task: Task
    metrics: tuple[str, ...]
    """The metrics it can be ranked by: those any row has."""
    standing: Standing
    test_share: float | None
    excluded: list[dict[str, Any]]
    registered: str | None
    seconds: float | None

    @property
    def is_going(self) -> bool:
        """True while more rows may come."""
        return self.job.state in ("waiting", "running")

    def title(self, model: str) -> Text:
        """Return a model's name."""
        return candidate(self.task, model).title

    def simplicity(self, model: str) -> int:
        """Return a model's place among those of the task, the simplest first."""
        return [one.id for one in CANDIDATES[self.task]].index(model)

    def family(self, model: str) -> str:
        """Return the family of a model: ``linear``, ``tree`` or ``native``."""
        return str(candidate(self.task, model).family)

    def is_higher_better(self, metric: str) -> bool:
        """Tell whether a larger value of a metric is the better one."""
        return greater_is_better(metric)

    def chart(self, view: View, lang: Lang) -> go.Figure:
        """Draw the scores with their intervals beside the baseline, the differences from the best, or the folds."""
        if view == "differences":
            return charts.differences(self.standing, self.task, lang)
        if view == "folds":
            return charts.folds(self.standing, self.task, lang)
        return charts.scores(self.standing, self.task, lang, test_share=self.test_share)

    def file(self, form: Form, lang: Lang) -> bytes:
        """Return the leaderboard as a CSV or Excel file."""
        if form == "csv":
            return files.csv(self.standing, self.task, lang)
        return files.xlsx(self.standing, self.task, lang, title=self.job.title, plan=self.plan)

    def name_for(self, model: str) -> str:
        """Return a name to keep a row's model under that is not the one under which the run keeps its best."""
        return clean_name(f"{self.plan['name']}-{model}")


def board(run_id: str, *, by: Principal, metric: str | None = None) -> Board:
    """Return a comparison's leaderboard.

    Parameters
    ----------
    run_id : str
        The run.
    by : Principal
        Who looks.
    metric : str, optional
        What to rank by; by default what the run ranked by. One that no row has counts as none.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    """
    state = state_of(run_id, by=by)
    plan = state["plan"] or state["job"].spec["plan"]
    task = Task(plan["task"])
    rows = [row | {"holdout": row.get("holdout")} for row in state["rows"]]
    if state["job"].is_settled:
        asked = holdouts.found(run_id)
        rows = [row | {"holdout": row["holdout"] or asked.get(row["model"])} for row in rows]
    known = tuple(name for name in METRICS[task] if any(row["metrics"].get(name) is not None for row in rows))
    sort = metric if metric in known else plan["sort"]
    return Board(
        job=state["job"],
        plan=plan,
        task=task,
        metrics=known or METRICS[task],
        standing=standings.standing(rows, state["baseline"], sort, task=task, test_share=state["test_share"]),
        test_share=state["test_share"],
        excluded=state["excluded"] or [],
        registered=state["registered"],
        seconds=state["seconds"],
    )


def state_of(run_id: str, *, by: Principal) -> dict[str, Any]:
    """Return a comparison's state.

    Raises
    ------
    JobNotFound
        If the run is not a comparison, or not to be seen.
    """
    compare.comparison(run_id, by=by)
    return compare.state(run_id, by=by)


def beside(run_a: str, run_b: str, *, by: Principal, metric: str | None = None) -> Beside:
    """Compare two comparisons of one target, the second with the first.

    Parameters
    ----------
    run_a, run_b : str
        The runs; differences are second minus first.
    by : Principal
        Who looks.
    metric : str, optional
        Of those both have; by default what the first ranked by.

    Raises
    ------
    JobNotFound
        If one of them is not a comparison that this person may see.
    ExperimentError
        If they predict different things, or nothing finished in one of them.
    """
    states = [state_of(run_id, by=by) for run_id in (run_a, run_b)]
    a, b = (side_of(state, by=by) for state in states)
    if a.plan["target"] == b.plan["target"] and a.task is not b.task:
        raise ExperimentError("error.leaderboard.other_target", a=a.plan["target"], b=b.plan["target"])
    return sides.beside(a, b, metric if metric in METRICS[a.task] else a.plan["sort"])


def side_of(state: dict[str, Any], *, by: Principal) -> Side:
    """Return a comparison's state as one side."""
    job = state["job"]
    return Side(
        rows=state["rows"],
        plan=state["plan"] or job.spec["plan"],
        data=data_of(job, by=by),
        splits=state["splits"],
        test_share=state["test_share"],
    )


def data_of(job: Job, *, by: Principal) -> Data:
    """Return what is known of a comparison's table; of one that is gone, or not to be seen, hardly more than its id."""
    done = job.result or {}
    learned = [str(name) for name in done["features"]] if done.get("features") else None
    try:
        known = datasets.record(job.spec["dataset"], by=by)
    except DatasetNotFound:
        return Data(name=job.title, content=job.spec["dataset"], columns=learned)
    repairs = tuple((step.column, str(step.rule)) for step in known.repairs.steps)
    return Data(known.name, known.fingerprint, known.family, known.rows, learned, repairs)


@dataclass(frozen=True)
class Earlier:
    """A comparison of a table, as a list shows it."""

    run: str
    created: datetime
    state: str
    title: str
    """The table's name with the target."""
    dataset: str
    target: str
    task: Task
    models: int
    best: Text | None
    metric: str
    score: float | None
    registered: str | None


def earlier(dataset_id: str, *, by: Principal) -> list[Earlier]:
    """Return somebody's comparisons of a table, newest first."""
    return listed(lambda spec: spec["owner"] == by.who and spec["spec"].get("dataset") == dataset_id)


def comparable(run_id: str, *, by: Principal) -> list[Earlier]:
    """Return somebody's other comparisons that predict the same, of whatever table, newest first; only those with a score."""
    job = compare.comparison(run_id, by=by)
    same = {name: job.spec["plan"].get(name) for name in sides.SAME}

    def is_wanted(spec: dict[str, Any]) -> bool:
        plan = spec["spec"].get("plan") or {}
        return spec["owner"] == by.who and spec["id"] != run_id and all(plan.get(name) == same[name] for name in same)

    return listed(is_wanted, with_score=True)


def listed(is_wanted: Callable[[dict[str, Any]], bool], *, with_score: bool = False) -> list[Earlier]:
    """Return the newest comparisons that are wanted, where wished only those with a score."""
    found = []
    for spec in records.specs(held.store()):
        if spec["kind"] == compare.KIND and is_wanted(spec):
            line = line_of(records.described(held.store(), spec))
            found += [] if with_score and line.best is None else [line]
        if len(found) == MOST_EARLIER:
            break
    return sorted(found, key=lambda one: one.created, reverse=True)


def line_of(job: Job) -> Earlier:
    """Return a comparison as a list shows it."""
    done = job.result or {}
    plan = done.get("plan") or job.spec["plan"]
    task = Task(plan["task"])
    best = next((row for row in done.get("leaderboard") or () if row["rank"] == 1), None)
    return Earlier(
        run=job.id,
        created=job.created,
        state=job.state,
        title=job.title,
        dataset=str(job.spec["dataset"]),
        target=plan["target"],
        task=task,
        models=len(plan["models"]),
        best=candidate(task, best["model"]).title if best else None,
        metric=plan["sort"],
        score=best["metrics"].get(plan["sort"]) if best else None,
        registered=done.get("registered"),
    )
