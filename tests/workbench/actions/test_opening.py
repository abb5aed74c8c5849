"""What a program hears that waits for a large file to be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workbench import actions
from workbench.actions import held
from workbench.errors import DataError, JobError, JobNotFound
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.words import Text


def reading(*, ago: float = 0) -> str:
    """A file's reading that goes on, or was last heard of some seconds ago."""
    now = datetime.now(UTC) - timedelta(seconds=ago)
    run = records.new_id(now)
    spec = {"id": run, "kind": "read", "title": "顧客.csv", "owner": LOCAL.who, "created": now.isoformat(), "spec": {}}
    put_json(held.store(), records.place(run, records.SPEC), spec)
    return run


def test_the_dataset_is_named_when_it_is_there() -> None:
    run = reading()
    assert actions.opening.made(run, by=LOCAL) is None
    records.settle(held.store(), run, "finished", at=datetime.now(UTC), result={"dataset": "d"})
    assert actions.opening.made(run, by=LOCAL) == "d"


def test_why_a_file_cannot_be_read_is_said_as_if_it_had_been_read_at_once() -> None:
    run = reading()
    why = Text("error.column_not_found", name="prise")
    records.settle(held.store(), run, "failed", at=datetime.now(UTC), error=why)
    with pytest.raises(DataError, match="'prise' is not in the table"):
        actions.opening.made(run, by=LOCAL)


def test_a_reading_that_nobody_ends_is_not_waited_for(stranger: Principal) -> None:
    stopped, lost = reading(), reading(ago=60)
    records.settle(held.store(), stopped, "stopped", at=datetime.now(UTC))
    for run in (stopped, lost):
        with pytest.raises(JobError, match=r"'顧客\.csv' did not come to its end"):
            actions.opening.made(run, by=LOCAL)
    with pytest.raises(JobNotFound, match="no run"):
        actions.opening.made(stopped, by=stranger)
