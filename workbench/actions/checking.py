"""Check reports as they are made: of a small table at once, of a large one as one run that everybody follows who sees it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench import checks
from workbench.actions import datasets, shared_runs
from workbench.actions.shared_runs import Key, Product
from workbench.checks import CheckReport, Step, kept
from workbench.checks.gathering import Gathering
from workbench.data import DatasetRecord, Roles
from workbench.errors import StoreError
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.words import Text

# Cells from which on a child looks at a table, where every column costs as much as so many rows more: fewer take this process
# about as long as a child's start.
LARGE, EACH_COLUMN = 300_000, 500
# What part of the way the checks begin and end at.
LOADING, CHECKING, SAVING = 0.02, 0.1, 0.98
# Roles that a check or the advice looks at.
SEEN = (
    "target",
    "event",
    "group",
    "group_part",
    "time",
    "ids",
    "exclude",
    "unknown_at_prediction",
    "known_at_prediction",
    "sensitive",
    "when",
)


def key_of(known: DatasetRecord) -> Key:
    """Return which report a dataset has with its roles as they are."""
    said = known.roles.to_dict()
    return Key(CHECKS, known.fingerprint, shared_runs.name_of([said[name] for name in SEEN]), edition_of(known))


def edition_of(known: DatasetRecord) -> str:
    """Return the formula, with the day where a column's dates are held against it."""
    return f"{kept.VERSION} {date.today()}" if "date" in known.kinds.values() else str(kept.VERSION)


def day_of(edition: str) -> date | None:
    """Return the day of an edition, or None where it does not matter."""
    _, _, day = edition.partition(" ")
    return date.fromisoformat(day) if day else None


def revived(data: bytes, edition: str) -> CheckReport | None:
    """Return a kept report, or None where it is of another formula or day."""
    report = kept.from_json(data)
    return report if report and day_of(edition) in (None, report.day) else None


def is_large(known: DatasetRecord) -> bool:
    """Tell whether a child looks at a table; samples that are not stored are small."""
    return (known.rows + EACH_COLUMN) * len(known.columns) >= LARGE and shared_runs.is_storable(known)


def asked(roles: Roles, edition: str) -> dict[str, Any]:
    """Return what `checks.run` is asked with about a table that has these roles."""
    return {
        "target": roles.target,
        "group": roles.group,
        "time": roles.time,
        "event": roles.event,
        "roles": roles,
        "today": day_of(edition),
    }


def at_once(known: DatasetRecord, *, by: Principal) -> CheckReport:
    """Return the report on a small table, made in this process where none is kept."""
    key = key_of(known)

    def make() -> bytes:
        return kept.to_json(checks.run(datasets.get(known.id, by=by).frame, **asked(known.roles, key.edition)))

    report: CheckReport = shared_runs.at_once(key, known, make)
    return report


def begin(key: Key, known: DatasetRecord, *, by: Principal, instead: str | None) -> str:
    """Start the run of a report instead of another, unless somebody else was faster, and return whose it is now.

    Raises
    ------
    AccessDenied
        In a read-only demonstration.
    """
    return shared_runs.begin(key, known, {"roles": known.roles.to_dict()}, by=by, instead=instead)


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Run the checks of a job, in its child process; what one says is told at once."""
    recorder.progress(LOADING, Text("checks.job.stage.loading"))
    dataset = datasets.get(spec["dataset"], by=Principal(**spec["by"]))
    key = Key(CHECKS, **spec["key"])
    told = Teller(recorder).tell
    report = checks.run(dataset.frame, told=told, **asked(Roles.from_dict(spec["roles"]), key.edition))
    recorder.progress(SAVING, Text("checks.job.stage.saving"))
    shared_runs.keep(key, kept.to_json(report), dataset_id=dataset.id)
    return {"dataset": dataset.id, "findings": len(report.findings), "failed": len(report.failed)}


class Teller:
    """Tells a run's followers what each check said; the first ones without waiting for the recorder's next pulse."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def tell(self, step: Step) -> None:
        """Tell a step."""
        done = step.number - (step.outcome is None)
        self.recorder.progress(CHECKING + done / step.total * (SAVING - CHECKING), step.check.title)
        if step.outcome is None:
            return
        said = kept.outcome_to_json(step.outcome, step.advice)
        self.recorder.emit("check", code=step.check.code, total=step.total, said=said)
        if step.number == 1:
            with suppress(StoreError):  # told again with the next pulse
                self.recorder.flush()


@dataclass(frozen=True)
class Heard:
    """What the checks of a run said until now."""

    report: CheckReport
    done: int
    total: int | None
    """How many will run; None until the first has told."""


class Ear:
    """Puts a report together of what its run tells."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.total: int | None = None

    def hear(self, event: dict[str, Any]) -> None:
        """Add what an event tells; what another formula says is left out."""
        if event["kind"] != "check" or event["code"] not in kept.BY_CODE:
            return
        if (said := kept.outcome_from_json(event["said"])) is None:
            return
        outcome, advice = said
        self.gathering.add(kept.BY_CODE[event["code"]], outcome)
        self.gathering.advice = advice or self.gathering.advice
        self.total = event["total"]

    def so_far(self) -> Heard:
        """Return what was said."""
        return Heard(self.gathering.report(), self.gathering.done, self.total)


CHECKS = Product("checks", "checks-", revived, Ear, "error.checks.demo")
