"""A contract's file on the command line: a comparison obeys it, and so does the model that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.actions.agreement import Agreement
from workbench.actions.sources import Source
from workbench.data import bounds
from workbench.data.contract_reading import read_contract
from workbench.data.decisions import Decision
from workbench.data.kinds import kinds_of
from workbench.data.roles import part_text
from workbench.errors import ColumnNotFound, ColumnsNotFound, DataError
from workbench.principal import Principal


def obeyed(path: str, source: Source, wishes: Mapping[str, Any], *, by: Principal) -> tuple[dict[str, Any], Agreement]:
    """Return a comparison's wishes with what a contract says and they do not, and what was agreed about the columns.

    Raises
    ------
    DataError
        If the file is no contract, or one of another target; if its bounds cannot be; names every column.
    ColumnNotFound
        If it allows something in a column that the table does not have.
    """
    by.require("analyst")
    frame, agreed = source.reading.frame, read_contract(Path(path))
    if agreed.target not in (None, wishes["target"]):
        raise DataError("error.contract.other_target", path=Path(path).name, target=agreed.target, asked=wishes["target"])
    if missing := [name for name in agreed.bounds if name not in frame.columns]:
        raise ColumnNotFound(missing[0], frame.columns) if len(missing) == 1 else ColumnsNotFound(missing, frame.columns)
    bounds.must_fit(agreed.bounds, kinds_of(frame))
    wanted = bounds.without_open(agreed.bounds)
    made = Decision("bounds", "", tuple(wanted), "", by.who, datetime.now(UTC))
    left = [name for name in agreed.left_out if name in frame.columns]
    more = {"ignore": list(dict.fromkeys([*(wishes.get("ignore") or source.roles.aside()), *left]))} if left else {}
    return {**split(agreed.split, wishes), **wishes, **more}, Agreement(
        bounds=wanted, decisions=(*agreed.decisions, *([made] if wanted else []))
    )


def split(said: Mapping[str, Any], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a contract keeps rows apart, as the command line's flags say it; nothing where a flag says so itself."""
    if wishes.get("group") or wishes.get("time"):
        return {}
    found = {name: said.get(name) for name in ("group", "time")}
    part = part_text(said["group_part"]) if said.get("group") and said.get("group_part") else None
    return {name: value for name, value in {**found, "group_part": part}.items() if value}
