"""Opening tables and giving columns their roles."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL
from workbench.ui.session import KEY, Session

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def arrived(at: AppTest, upload_id: str, name: str) -> AppTest:
    """Tell the page what the upload control tells it."""
    at.session_state[KEY] = Session(ids={"lang": "en"}, arrived={"data": {"id": upload_id, "name": name, "size": 1}})
    return at.run()


def test_nothing_open_points_to_what_can_be_opened(open_page: Open, texts: Read) -> None:
    at = open_page("data")
    assert "No table is open yet" in texts(at)
    assert len([b for b in at.button if str(b.key).startswith("data.sample.")]) == 3


def test_a_japanese_file_is_read_and_shown_with_its_encoding(
    open_page: Open, keep_table: Callable[..., str], texts: Read
) -> None:
    at = open_page("data", dataset=keep_table())
    assert not at.error
    assert at.header[0].value == "顧客.csv"
    assert "`cp932`" in texts(at)
    assert next(iter(at.dataframe[0].value.columns)) == "顧客番号"


def test_an_upload_that_has_arrived_is_opened(open_page: Open, keep_upload: Callable[..., str]) -> None:
    at = open_page("data")
    arrived(at, keep_upload("表.csv", "年齢,解約\n31,はい\n44,いいえ\n".encode("cp932")), "表.csv")
    assert not at.error
    assert at.header[0].value == "表.csv"
    assert at.query_params["dataset"]


def test_a_file_that_is_no_table_is_said_and_can_be_given_up(open_page: Open, keep_upload: Callable[..., str]) -> None:
    at = open_page("data")
    arrived(at, keep_upload("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4), "photo.png")
    assert len(at.error) == 1
    assert not actions.datasets.mine(by=LOCAL)
    at.button(key="data.give_up").click().run()
    assert not at.error


def test_roles_are_saved(open_page: Open, keep_table: Callable[..., str]) -> None:
    dataset_id = keep_table()
    at = open_page("data", dataset=dataset_id)
    at.selectbox(key=f"data.roles.{dataset_id}.target").set_value("解約").run()
    at.button(key=f"FormSubmitter:data.roles.{dataset_id}-Save roles").click().run()
    assert not at.error
    roles = actions.datasets.get(dataset_id, by=LOCAL).roles
    assert (roles.target, roles.event) == ("解約", "はい")


def test_a_table_is_deleted_and_closed(open_page: Open, keep_table: Callable[..., str]) -> None:
    dataset_id = keep_table()
    at = open_page("data", dataset=dataset_id)
    at.button(key=f"data.delete.{dataset_id}").click().run()
    assert not at.error
    assert not actions.datasets.mine(by=LOCAL)
    assert "dataset" not in at.query_params
