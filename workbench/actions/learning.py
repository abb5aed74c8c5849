"""A learning curve as a run: one candidate of a comparison refitted on growing parts of its rows, with Stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import jobs
from workbench.actions import audit, datasets, held
from workbench.errors import JobNotFound
from workbench.experiment.diagnosis.learning_curve import MOST_ROWS, Along, Point, curve, verdict
from workbench.experiment.plan import Plan
from workbench.jobs import Job, Recorder
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

KIND = LANE = "learning"
# Seconds after which no further refit is begun: a curve is a look, not a training.
MOST_SECONDS = 300.0


def start(run_id: str, model: str, *, by: Principal) -> str:
    """Start the learning curve of a comparison's candidate and return the run's id.

    Raises
    ------
    JobNotFound
        If there is no such comparison of this person.
    DatasetNotFound
        If its table is gone.
    """
    audit.allow_change(by)
    job = jobs.find(held.store(), run_id, by=by)
    record = datasets.record(job.spec["dataset"], by=by)
    spec = {
        "dataset": record.id,
        "comparison": run_id,
        "model": model,
        "plan": (job.result or {}).get("plan") or job.spec["plan"],
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    environment = get_settings().environment()
    learning = jobs.start(held.store(), kind=KIND, title=record.name, spec=spec, by=by, environment=environment, lane=LANE)
    audit.record("learning_curve_started", by, run=learning, comparison=run_id, model=model)
    return learning


def may_start(*, by: Principal) -> bool:
    """Tell whether somebody may start learning curves."""
    return audit.may_change(by)


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do the refits of a job, in its child process; every point is told as it comes."""
    from workbench.experiment.diagnosis import refitting

    recorder.progress(0.0, Text("progress.beginning"))
    frame = datasets.get(spec["dataset"], by=Principal(**spec["by"])).frame
    seconds = min(MOST_SECONDS, get_settings().max_train_minutes * 60.0)

    def told(point: Point, done: float) -> None:
        recorder.emit("point", point=point.to_dict())
        recorder.progress(done, Text("diagnosis.learning.stage", rows=point.rows))

    found = refitting.learn(frame, Plan.from_dict(spec["plan"]), spec["model"], seconds=seconds, told=told)
    return {
        "dataset": spec["dataset"],
        "points": [point.to_dict() for point in found.points],
        "metric": found.metric,
        "rows": found.rows,
        "all_rows": found.all_rows,
        "whole": found.is_whole,
    }


@dataclass(frozen=True)
class Told:
    """A learning curve as it stands."""

    job: Job
    points: tuple[Point, ...]
    metric: str
    notes: tuple[Text, ...]

    @property
    def curve(self) -> list[Along]:
        """The curve's means, as far as every fold has them."""
        return curve(self.points)

    @property
    def verdict(self) -> Text | None:
        """Whether the last rows still helped."""
        return verdict(self.points, self.metric, folds=int(self.job.spec["plan"]["folds"]))


def told(learning_id: str, *, by: Principal) -> Told:
    """Return what a learning curve found until now.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    job = jobs.find(held.store(), learning_id, by=by)
    if job.kind != KIND:
        raise JobNotFound("error.jobs.not_found", id=learning_id)
    done = job.result or {}
    found = done.get("points")
    if found is None:
        found = [event["point"] for event in jobs.events(held.store(), learning_id) if event["kind"] == "point"]
    metric = done.get("metric") or job.spec["plan"]["sort"]
    return Told(job, tuple(Point.of(one) for one in found), metric, tuple(notes(done, job.spec["plan"])))


def notes(done: dict[str, Any], plan: dict[str, Any]) -> list[Text]:
    """Return what there is to know about how a curve was made."""
    found = [Text("diagnosis.learning.latest")] if plan.get("time") else []
    if done.get("rows", 0) < done.get("all_rows", 0):
        found.append(Text("diagnosis.learning.sampled", rows=done["rows"], all=done["all_rows"], most=MOST_ROWS))
    if done.get("whole") is False:
        found.append(Text("diagnosis.learning.time_over"))
    return found


def recent(run_id: str, model: str, *, by: Principal) -> str | None:
    """Return the id of somebody's newest learning curve of a comparison's candidate, or None."""
    wanted = {"comparison": run_id, "model": model}
    mine = (job for job in jobs.mine(held.store(), by=by) if job.kind == KIND)
    return next((job.id for job in mine if {name: job.spec.get(name) for name in wanted} == wanted), None)


def chart(found: Told, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw a learning curve."""
    from workbench.experiment.diagnosis import learning_chart

    by.require("viewer")
    return learning_chart.learning(found.curve, found.metric, lang)
