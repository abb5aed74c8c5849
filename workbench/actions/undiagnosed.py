"""Why there is nothing to look into behind a comparison's row, and what would change that."""

from __future__ import annotations

from workbench.actions import compare, held, kept_folds
from workbench.experiment.candidates import title
from workbench.principal import Principal
from workbench.words import Text


def why(run_id: str, model: str, *, by: Principal) -> Text | None:
    """Return why what a candidate said about its rows is not there; None where it is, if only of one fold.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    """
    state = compare.state(run_id, by=by)
    if kept_folds.names(held.store(), run_id, model):
        return None
    plan = state["job"].spec["plan"]
    task = "regression" if plan["task"] == "regression" else "classification"
    if model not in plan["models"]:
        return Text("error.undiagnosed.no_model", model=model, models=list(plan["models"]))
    row = next((one for one in state["rows"] if one["model"] == model), None)
    status = row["status"] if row else "stopped"
    if status == "failed":
        return Text("error.undiagnosed.failed", model=title(model, task), reason=Text.from_dict(row["reason"]))  # type: ignore[index]
    if state["job"].state in ("waiting", "running"):
        return Text("error.undiagnosed.going", model=title(model, task))
    return Text(
        "error.undiagnosed.not_kept" if status == "finished" else "error.undiagnosed.unfinished", model=title(model, task)
    )
