"""The sheet of roles on the data page: suggestions, filters, changes for many, files; the browser tests type into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.data import Roles, datasets, role_sheet
from workbench.principal import LOCAL
from workbench.ui.roles.draft import Draft
from workbench.ui.session import KEY

PROJECT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Keep = Callable[..., str]


def draft(at: AppTest, dataset_id: str) -> Draft:
    """The draft in the tab's session."""
    found: Draft = at.session_state[KEY].drafts[dataset_id]
    return found


def saved(dataset_id: str) -> Roles:
    """What is stored."""
    return actions.datasets.get(dataset_id, by=LOCAL).roles


def test_suggestions_are_shown_with_reasons_and_saved_only_when_asked(open_page: Open, keep_table: Keep, texts: Read) -> None:
    dataset_id = keep_table()
    at = open_page("data", tab="roles", dataset=dataset_id)
    assert not at.error
    assert "**顧客番号** → ID: a code that is different in nearly every row (200 values in 200 rows)" in texts(at)
    assert saved(dataset_id) == Roles()
    at.button(key=f"data.roles.{dataset_id}.offer.解約").click().run()
    at.button(key=f"data.roles.{dataset_id}.save").click().run()
    assert not at.error
    assert saved(dataset_id) == Roles(target="解約", event="はい", ids=("顧客番号",))
    assert "Not saved yet" not in texts(at)


def test_suggestions_can_be_refused(open_page: Open, keep_table: Keep, texts: Read) -> None:
    dataset_id = keep_table()
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.button(key=f"data.roles.{dataset_id}.refuse").click().run()
    assert not draft(at, dataset_id).changes()
    assert "顧客番号** → ID" not in texts(at)


def test_a_search_and_a_change_for_many(open_page: Open, keep_table: Keep, texts: Read) -> None:
    dataset_id = keep_table(target="解約")
    key = f"data.roles.{dataset_id}"
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.text_input(key=f"{key}.search").set_value("会員").run()
    assert [row.column for row in draft(at, dataset_id).drawn] == ["会員"]
    at.selectbox(key=f"{key}.many.known").set_value("no")
    at.button(key=f"{key}.many.apply").click().run()
    at.button(key=f"{key}.save").click().run()
    assert not at.error
    assert saved(dataset_id).unknown_at_prediction == ("会員",)
    at.text_input(key=f"{key}.search").set_value("そんな列はない").run()
    assert "No column fits" in texts(at)


def test_a_change_of_page_loses_nothing(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    key = f"data.roles.{dataset_id}"
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.text_input(key=f"{key}.row_is").set_value("顧客1人").run()
    draft(at, dataset_id).take({1: {"unit": "歳"}})
    at.selectbox(key=f"{key}.event.解約").set_value("いいえ").run()
    at.switch_page(str(PROJECT / "pages/status.py")).run()
    at.switch_page(str(PROJECT / "pages/data.py")).run()
    assert at.text_input(key=f"{key}.row_is").value == "顧客1人"
    assert [row.unit for row in draft(at, dataset_id).drawn][1] == "歳"
    at.button(key=f"{key}.save").click().run()
    assert saved(dataset_id) == Roles(target="解約", event="いいえ", unit={"年齢": "歳"}, row_is="顧客1人")


def test_two_targets_are_named_and_cannot_be_saved(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("data", tab="roles", dataset=dataset_id)
    names = [row.column for row in draft(at, dataset_id).drawn]
    draft(at, dataset_id).take({names.index("ランク"): {"role": "target"}})
    at.run()
    assert "(解約, ランク)" in at.error[0].value
    assert at.button(key=f"data.roles.{dataset_id}.save").disabled


def test_what_another_tab_saved_is_taken_over_where_nothing_is_lost(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("data", tab="roles", dataset=dataset_id)
    actions.datasets.set_roles(dataset_id, replace(saved(dataset_id), exclude=("会員",)), by=LOCAL)
    at.run()
    assert not draft(at, dataset_id).changes()
    draft(at, dataset_id).take({1: {"unit": "歳"}})
    actions.datasets.set_roles(dataset_id, Roles(target="売上"), by=LOCAL)
    at.run()
    assert draft(at, dataset_id).target == "解約"


@pytest.mark.parametrize("choice", ["on_top", "discard"])
def test_what_another_tab_saved_is_not_overwritten_and_the_draft_stays(
    open_page: Open, keep_table: Keep, texts: Read, choice: str
) -> None:
    dataset_id = keep_table(target="解約")
    key = f"data.roles.{dataset_id}"
    at = open_page("data", tab="roles", dataset=dataset_id)
    draft(at, dataset_id).take({1: {"unit": "歳"}})
    theirs = replace(saved(dataset_id), exclude=("会員",))
    actions.datasets.set_roles(dataset_id, theirs, by=LOCAL)
    at.button(key=f"{key}.save").click().run()
    assert saved(dataset_id) == theirs
    assert "(会員)" in at.warning[-1].value
    assert at.button(key=f"{key}.save").disabled
    assert [row.unit for row in draft(at, dataset_id).rows][1] == "歳"
    at.button(key=f"{key}.{choice}").click().run()
    assert not at.warning
    at.button(key=f"{key}.save").click().run()
    assert saved(dataset_id) == replace(theirs, event="はい", unit={"年齢": "歳"} if choice == "on_top" else {})


def test_a_saving_that_comes_in_between_is_found_when_the_roles_are_saved(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("data", tab="roles", dataset=dataset_id)
    draft(at, dataset_id).take({1: {"unit": "歳"}})
    theirs = replace(saved(dataset_id), exclude=("会員",))
    datasets.set_roles(held.store(), dataset_id, theirs, by=LOCAL)  # another instance: this one does not know yet
    at.button(key=f"data.roles.{dataset_id}.save").click().run()
    assert datasets.find(held.store(), dataset_id).roles == theirs
    assert "(会員)" in at.warning[-1].value
    assert not at.error


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("定義書.csv", "列名,説明,単位\n年齢,申込時の年齢,歳\n収 入,年収,万円\n", "**1** of the table's 10 columns match"),
        ("役割.csv", "列,役割,単位\n年齢,特徴量,歳\nランク,目的変数,\n", "The roles of '役割.csv' are filled in"),
    ],
)
def test_a_file_is_read_into_the_draft(
    open_page: Open, keep_table: Keep, keep_upload: Callable[..., str], texts: Read, name: str, data: str, told: str
) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.session_state[KEY].arrived["roles"] = {"id": keep_upload(name, data.encode("cp932")), "name": name, "size": 1}
    at.run()
    assert not at.error
    assert told in texts(at)
    assert draft(at, dataset_id).rows[1].unit == "歳"
    assert saved(dataset_id) == Roles(target="解約")


def test_a_file_of_no_use_is_said_and_the_draft_stays(
    open_page: Open, keep_table: Keep, keep_upload: Callable[..., str]
) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("data", tab="roles", dataset=dataset_id)
    at.session_state[KEY].arrived["roles"] = {"id": keep_upload("x.csv", b"a,b\n1,2\n"), "name": "x.csv", "size": 1}
    at.run()
    assert "Nothing in 'x.csv' matches" in at.error[0].value
    at.run()
    assert not at.error


def test_the_part_that_names_a_group_is_chosen_saved_and_goes_with_the_group(
    open_page: Open, keep_upload: Callable[[str, bytes], str]
) -> None:
    rows = "\n".join(f"m{i // 5}_{i % 5},{i % 7},{'yes' if i % 2 else 'no'}" for i in range(200))
    dataset_id = actions.datasets.from_upload(keep_upload("mice.csv", f"MouseID,x,y\n{rows}\n".encode()), by=LOCAL)
    key = f"data.roles.{dataset_id}"
    at = open_page("data", tab="roles", dataset=dataset_id)
    choice = at.selectbox(key=f"{key}.part.MouseID")
    assert choice.value == "before:_", "suggested"
    assert choice.options[:2] == ["The whole value (200 groups)", "The part before the last “_” (40 groups, such as m0)"]
    choice.set_value("after:_").run()
    at.button(key=f"{key}.save").click().run()
    assert not at.error
    assert saved(dataset_id) == Roles(group="MouseID", group_part={"part": "after", "separator": "_"})
    assert at.selectbox(key=f"{key}.part.MouseID").value == "after:_"
    edits = draft(at, dataset_id)
    edits.rows = role_sheet.with_single(edits.rows, "group", "x")
    at.run()
    at.button(key=f"{key}.save").click().run()
    assert saved(dataset_id) == Roles(group="x")
