"""Opening tables and giving columns their roles."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.data import Repair
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
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.selectbox(key=f"data.roles.{dataset_id}.target").set_value("解約").run()
    at.button(key=f"data.roles.{dataset_id}.save").click().run()
    assert not at.error
    roles = actions.datasets.get(dataset_id, by=LOCAL).roles
    assert (roles.target, roles.event) == ("解約", "はい")


def test_a_table_is_deleted_and_closed(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    dataset_id = keep_table()
    at = open_page("data", dataset=dataset_id)
    at.button(key=f"belongings.delete.{dataset_id}").click().run()
    at.button(key=f"belongings.delete.{dataset_id}").click()  # a browser runs the dialog alone, here it has to open again
    at.button(key=f"belongings.confirm.{dataset_id}").click().run()
    assert not at.error
    assert not actions.datasets.mine(by=LOCAL)
    assert "dataset" not in at.query_params
    assert "The table 顧客.csv is deleted." in texts(at)


CROOKED = '品目,価格,日付\nりんご,"1,200",令和6年4月1日\nみかん,▲300,令和6年4月2日\nなし,"１，５００",令和6年4月3日\nかき,250\n'


def test_repairs_are_proposed_and_the_recommended_ones_make_a_new_version(
    open_page: Open, keep_upload: Callable[..., str], texts: Read
) -> None:
    first = actions.datasets.from_upload(keep_upload("価格.csv", CROOKED.encode("cp932")), by=LOCAL)
    at = open_page("data", tab="repairs", dataset=first)
    assert at.dataframe  # it cannot be edited here: what is recommended is what is applied
    at.button(key=f"FormSubmitter:data.repairs.{first}-Make the repaired table").click().run()
    assert not at.error
    second = actions.datasets.mine(by=LOCAL)[0]
    assert (second.version, second.family) == (2, first)
    assert second.kinds["価格"] == "number"
    assert second.kinds["日付"] == "date"
    assert actions.datasets.get(second.id, by=LOCAL).frame["価格"].to_list() == [1200, -300, 1500, 250]
    assert actions.datasets.get(first, by=LOCAL).frame["価格"].to_list() == ["1,200", "▲300", "１，５００", "250"]
    assert "cells changed" in texts(at)


def test_rows_that_do_not_fit_are_listed_with_their_lines_and_can_be_downloaded(
    open_page: Open, keep_upload: Callable[..., str], texts: Read
) -> None:
    dataset_id = actions.datasets.from_upload(keep_upload("価格.csv", CROOKED.encode("cp932")), by=LOCAL)
    at = open_page("data", tab="how", dataset=dataset_id)
    assert "One row did not fit the table." in texts(at)
    listed = next(d.value for d in at.dataframe if "content" in d.value.columns)
    assert listed["line"].to_list() == [5]
    file = actions.datasets.misfits_file(dataset_id, "ja", by=LOCAL).decode("utf-8-sig")
    assert "かき,250" in file


def test_a_file_is_read_again_with_another_header_row(open_page: Open, keep_upload: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(keep_upload("表.csv", b"a,b\nc,d\n1,2\n3,4\n"), by=LOCAL)
    at = open_page("data", tab="how", dataset=first)
    at.number_input(key=f"data.again.{first}.header").set_value(2)
    at.button(key=f"FormSubmitter:data.again.{first}-Read it again").click().run()
    assert not at.error
    assert actions.datasets.mine(by=LOCAL)[0].columns == ("c", "d")
    assert at.selectbox(key=f"data.version.{actions.datasets.mine(by=LOCAL)[0].id}").options


def test_a_reading_that_failed_is_tried_again_with_other_settings(
    open_page: Open, keep_upload: Callable[..., str], texts: Read
) -> None:
    at = open_page("data")
    upload_id = keep_upload("表.csv", "名前,数\n髙橋,1\n".encode("cp932"))
    at.selectbox(key="data.encoding").set_value("utf-8").run()
    arrived(at, upload_id, "表.csv")
    assert len(at.error) == 1
    assert "line 1" in at.error[0].value
    at.selectbox(key="data.encoding").set_value("auto").run()
    assert not at.error
    assert at.header[0].value == "表.csv"


def test_a_file_of_the_inbox_is_opened(open_page: Open) -> None:
    held.store().put("inbox/売上 4月.csv", "月,売上\n1,100\n2,120\n".encode("cp932"))
    at = open_page("data")
    at.selectbox(key="data.inbox").set_value("inbox/売上 4月.csv").run()
    at.button(key="data.take").click().run()
    assert not at.error
    assert at.header[0].value.endswith("売上 4月.csv")


def test_what_a_kind_chosen_by_hand_has_lost_is_said(open_page: Open, keep_upload: Callable[..., str], texts: Read) -> None:
    codes = "番号,x\n" + "".join(f"{n:04d},{n}\n" for n in range(30))
    first = actions.datasets.from_upload(keep_upload("表.csv", codes.encode()), by=LOCAL)
    second = actions.datasets.revise(first, by=LOCAL, repairs=[Repair("番号", "type", {"kind": "number"})])
    assert "番号: 30 cells lost zeros in front" in texts(open_page("data", tab="repairs", dataset=second))
