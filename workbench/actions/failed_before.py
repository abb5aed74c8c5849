"""Models that failed in the run that a comparison goes on with: which would fail again, and which are worth another try.

A model that a library refuses for the table's sake fails again in the same words after the same time. One that ran out of
memory, or that the server hindered, may well do better the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.experiment.leaderboard import partial
from workbench.jobs import Job
from workbench.words import Text

# Reasons that are the server's.
PASSING = ("experiment.no_memory", "experiment.hindered")
# A reason that is found again before anything is trained, and that a smaller sample would take away.
FOUND_AT_ONCE = ("experiment.too_many_rows",)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FailedBefore:
    """What failed, as a new run's spec holds it."""

    stamp: str | None = None
    """Of the table, the plan and the version: with another of them everything is tried again."""
    rows: int | None = None
    """Of how many rows it failed; memory may leave fewer the next time."""
    lasting: Mapping[str, Text] = field(default_factory=dict)
    """Why each model that would fail again did."""
    passing: tuple[str, ...] = ()
    """Models that are worth another try."""

    @classmethod
    def of_run(cls, job: Job, events: Iterable[dict[str, Any]]) -> FailedBefore:
        """Return what failed in a run that is over; of one that never began, what had failed in the run before it."""
        told = list(events)
        inherited = cls.of_spec(job.spec)
        started = next((event for event in told if event["kind"] == "started"), None)
        if started is None:
            return inherited
        rows = (job.result or {}).get("leaderboard") or partial.told(told).rows
        lasting = {row["model"]: Text.from_dict(row["reason"]) for row in rows if is_lasting(row)}
        if inherited.is_of(started.get("stamp")):
            known = {row["model"] for row in rows if row["status"] != "stopped"}
            lasting |= {model: why for model, why in inherited.lasting.items() if model not in known}
        passing = tuple(row["model"] for row in rows if is_passing(row))
        return cls(started.get("stamp"), started["rows"], lasting, passing)

    @classmethod
    def of_spec(cls, spec: Mapping[str, Any]) -> FailedBefore:
        """Read what `to_dict` wrote into a run's spec; nothing where nothing is."""
        told = spec.get("failed") or {}
        lasting = {model: Text.from_dict(why) for model, why in told.get("lasting", {}).items()}
        return cls(told.get("stamp"), told.get("rows"), lasting, tuple(told.get("passing", ())))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a spec."""
        return {"stamp": self.stamp, "rows": self.rows, "lasting": dict(self.lasting), "passing": list(self.passing)}

    def is_of(self, stamp: str | None) -> bool:
        """Tell whether it is about the very table, plan and version."""
        return self.stamp is not None and self.stamp == stamp


def is_passing(row: Row) -> bool:
    """Tell whether a row failed for a reason that may be gone the next time."""
    return row["status"] == "failed" and row["reason"]["key"] in PASSING


def is_lasting(row: Row) -> bool:
    """Tell whether a row failed for a reason that another try would only find again, at the cost of its time."""
    return row["status"] == "failed" and row["reason"]["key"] not in (*PASSING, *FOUND_AT_ONCE)
