"""Deleting asks first and says afterwards; sharing is a switch of the owner's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.actions.forget import Receipt
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json

BEN = Principal("ben@example.com")
PATIENCE = 60


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


def run_of(owner: Principal) -> str:
    """Write a finished run's folder."""
    now = datetime.now(UTC)
    job_id = records.new_id(now)
    spec = {"id": job_id, "kind": "batch", "title": "顧客.csv", "owner": owner.who, "created": now.isoformat(), "spec": {}}
    put_json(held.store(), records.place(job_id, records.SPEC), spec)
    records.settle(held.store(), job_id, "finished", at=now, result={})
    return job_id


def draw_table() -> None:
    """A page that offers to delete a table."""
    import streamlit as st

    from workbench import actions
    from workbench.errors import DatasetNotFound
    from workbench.principal import LOCAL
    from workbench.ui import belongings

    belongings.receipt()
    try:
        dataset = actions.datasets.get(st.session_state["id"], by=LOCAL)
    except DatasetNotFound:
        st.caption("gone")
    else:
        belongings.delete(dataset)


def draw_shared() -> None:
    """A page that offers to share a table."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui import belongings

    belongings.share(actions.datasets.get(st.session_state["id"], by=LOCAL))


def draw_run() -> None:
    """A page that offers what can be done with a run."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui import belongings

    job = actions.runs.find(st.session_state["id"], by=LOCAL)
    belongings.share_run(job)
    belongings.delete_run(job)


def draw_choice() -> None:
    """A page that asks what becomes of models."""
    import streamlit as st

    from workbench.ui import belongings

    found = st.session_state["found"]
    belongings.tell(found)
    st.caption(f"chosen: {belongings.choose(found, key='choice')}")


def draw_receipt() -> None:
    """A page that shows a receipt."""
    import streamlit as st

    from workbench.ui import belongings
    from workbench.ui.session import session

    if "given" in st.session_state:
        session().receipt = st.session_state.pop("given")
    belongings.receipt()


def opened(page: Callable[[], None], **state: Any) -> AppTest:
    """Run a page with something in its session."""
    at = AppTest.from_function(page, default_timeout=PATIENCE)
    at.query_params["lang"] = "en"
    for name, value in state.items():
        at.session_state[name] = value
    return at.run()


def test_a_table_is_deleted_after_the_dialog_and_the_receipt_stays_until_it_is_read() -> None:
    dataset_id = actions.datasets.open_sample("advertising", by=LOCAL)
    at = opened(draw_table, id=dataset_id)
    at.button(key=f"belongings.delete.{dataset_id}").click().run()
    assert not at.exception
    assert "The table, with the file it was read from" in at.markdown[0].value
    at.button(key=f"belongings.delete.{dataset_id}").click()  # a browser runs the dialog alone, here it has to open again
    at.button(key=f"belongings.confirm.{dataset_id}").click().run()
    assert not at.exception
    assert actions.datasets.mine(by=LOCAL) == []
    assert at.caption[0].value == "gone"
    assert "The table advertising is deleted" in at.run().success[0].value
    at.button(key="belongings.read").click().run()
    assert not at.success


@pytest.mark.parametrize(("irreplaceable", "asks"), [((), True), (("m@1",), True), (("m@1", "m@2"), False)])
def test_where_no_model_can_be_replaced_there_is_no_choice(irreplaceable: tuple[str, ...], asks: bool) -> None:
    models = [SimpleNamespace(reference="m@1"), SimpleNamespace(reference="m@2")]
    found = SimpleNamespace(records=[1, 2], models=models, runs=[1], batches=[], irreplaceable=irreplaceable, others=[])
    at = opened(draw_choice, found=found)
    assert not at.exception
    assert "m@1, m@2" in at.markdown[0].value
    assert bool(at.radio) is asks
    assert at.caption[-1].value == f"chosen: {None if asks else 'delete'}"
    if asks:
        at.radio[0].set_value("replace").run()
        assert at.caption[-1].value == "chosen: replace"


def test_a_receipt_names_what_went_and_what_took_its_place() -> None:
    receipt = Receipt("顧客.csv", "you", "2026-09-01T10:00:00+00:00", 2, 9, ("m@1",), (("n@1", "n@2"),), ("m",), 1, 2, 1)
    at = opened(draw_receipt, given=receipt)
    assert not at.exception
    for part in ("all of its 2 versions", "Model m@1: deleted", "n@1: replaced by n@2", "Model m has no version in use"):
        assert part in at.success[0].value


def test_a_run_is_shared_by_its_owner_and_the_switch_says_what_the_store_says() -> None:
    run = run_of(LOCAL)
    at = opened(draw_run, id=run)
    assert at.toggle[0].value is False
    at.toggle[0].set_value(True).run()
    assert actions.runs.find(run, by=BEN).shared
    actions.runs.share(run, by=LOCAL, shared=False)  # in another tab
    assert at.run().toggle[0].value is False
    assert not actions.runs.find(run, by=LOCAL).shared


def test_a_table_is_shared_by_its_owner() -> None:
    dataset_id = actions.datasets.open_sample("advertising", by=LOCAL)
    at = opened(draw_shared, id=dataset_id)
    assert at.toggle[0].value is False
    at.toggle[0].set_value(True).run()
    assert not at.exception
    assert actions.datasets.get(dataset_id, by=BEN).shared
    assert [record.id for record in actions.datasets.shared(by=BEN)] == [dataset_id]
    at.toggle[0].set_value(False).run()
    assert actions.datasets.shared(by=BEN) == []


def test_somebody_elses_run_has_no_switch() -> None:
    run = run_of(BEN)
    actions.runs.share(run, by=BEN, shared=True)
    at = opened(draw_run, id=run)
    assert not at.toggle
    assert not at.button
    assert "Shared by ben@example.com" in at.caption[0].value
