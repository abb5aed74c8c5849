"""A sheet of roles while it is edited."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from workbench.data import Roles
from workbench.data.dictionary import load
from workbench.data.kinds import kinds_of
from workbench.data.role_suggestions import suggestions
from workbench.errors import RolesError
from workbench.ui.roles.draft import Draft, View

Make = Callable[..., pl.DataFrame]


@pytest.fixture
def draft(make_table: Make) -> Callable[..., Draft]:
    """The factory `draft(saved roles)` over the customers."""
    frame = make_table(100)

    def making(base: Roles | None = None) -> Draft:
        return Draft.of(base or Roles(), frame.columns, suggestions(frame, kinds_of(frame)))

    return making


def place(draft: Draft, column: str) -> int:
    """Where a column stands in the grid."""
    return [row.column for row in draft.drawn].index(column)


def roles(draft: Draft) -> dict[str, str]:
    """Columns that are no feature."""
    return {row.column: row.role for row in draft.rows if row.role != "feature"}


def test_a_table_without_roles_begins_with_suggestions_that_are_not_saved(draft: Callable[..., Draft]) -> None:
    begun = draft()
    assert roles(begun) == {"顧客番号": "id"}
    assert list(begun.standing()) == begun.changes() == ["顧客番号"]
    assert begun.is_dirty()
    assert begun.base == Roles()
    assert begun.seen.targets == ("解約",)
    assert begun.target is None


def test_a_table_with_roles_is_left_alone(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約", event="はい"))
    assert not begun.is_dirty()
    assert not begun.standing()
    assert begun.roles("はい") == Roles(target="解約", event="はい")


def test_suggestions_are_taken_back_and_what_was_typed_stays(draft: Callable[..., Draft]) -> None:
    begun = draft()
    begun.take({place(begun, "年齢"): {"role": "exclude"}})
    begun.refuse()
    assert roles(begun) == {"年齢": "exclude"}
    assert not begun.standing()


def test_a_suggestion_that_was_changed_is_none_any_more(draft: Callable[..., Draft]) -> None:
    begun = draft()
    begun.take({0: {"role": "group"}})
    assert not begun.standing()


def test_what_is_typed_is_everything_since_the_grid_was_drawn(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    age = place(begun, "年齢")
    begun.take({age: {"unit": "歳"}})
    begun.take({age: {"unit": "歳", "meaning": "申込時の年齢"}, age + 1: {"known": "yes"}})
    begun.take({age: {"meaning": "申込時の年齢"}, age + 1: {"known": "yes"}})
    saved = begun.roles(None)
    assert (saved.unit, saved.meaning, saved.known_at_prediction) == ({}, {"年齢": "申込時の年齢"}, ("収入",))
    assert begun.changes() == ["年齢", "収入"]


def test_another_search_keeps_what_was_typed(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    begun.take({place(begun, "年齢"): {"unit": "歳"}})
    drawing = begun.drawing
    begun.look_at(View(search="歳"))
    assert begun.drawing > drawing
    assert [row.column for row in begun.drawn] == ["年齢"]
    begun.take({0: {"known": "yes"}})
    begun.look_at(View(show="changed"))
    assert [(row.unit, row.known) for row in begun.drawn] == [("歳", "yes")]
    begun.look_at(View(role="target"))
    assert [row.column for row in begun.drawn] == ["解約"]


def test_what_a_replaced_grid_still_tells_reaches_the_rows_it_showed(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    before, age = begun.drawn, place(begun, "年齢")
    begun.look_at(View(search="会員"))
    begun.take({0: {"unit": "人"}}, begun.drawn)
    begun.take({age: {"unit": "歳"}}, before)
    assert begun.roles(None).unit == {"年齢": "歳", "会員": "人"}


def test_a_row_stays_where_it_is_when_its_answer_no_longer_fits_the_view(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    begun.look_at(View(show="unanswered"))
    shown = [row.column for row in begun.drawn]
    begun.take({0: {"known": "yes"}})
    assert [row.column for row in begun.drawn] == shown


def test_a_change_for_many_is_for_the_ticked_else_for_the_shown(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    begun.look_at(View(search="会員"))
    assert begun.reach() == ["会員"]
    begun.look_at(View())
    begun.take({place(begun, "職業"): {"tick": True}, place(begun, "年齢"): {"tick": True}})
    begun.look_at(View(search="会員"))
    assert begun.reach() == ["年齢", "職業"]
    begun.change(begun.reach(), {"known": "yes", "sensitive": True})
    assert begun.roles(None).known_at_prediction == begun.roles(None).sensitive == ("年齢", "職業")
    assert not begun.ticked


def test_two_targets_are_named_and_not_saved(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    begun.take({place(begun, "ランク"): {"role": "target"}})
    assert begun.is_dirty()
    with pytest.raises(RolesError, match=r"2 columns are marked as Target.*\(解約, ランク\)"):
        begun.roles(None)
    begun.choose_target("売上")
    assert begun.roles(None) == Roles(target="売上")


def test_undoing_goes_back_to_what_is_saved(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約", row_is="顧客1人"))
    begun.take({place(begun, "年齢"): {"unit": "歳"}})
    begun.state("row_is", " 申込 ")
    begun.choose_event("いいえ")
    assert begun.roles("いいえ").row_is == "申込"
    begun.discard()
    assert not begun.is_dirty()
    assert begun.facts["row_is"] == "顧客1人"


def test_what_was_saved_is_no_change_any_more(draft: Callable[..., Draft]) -> None:
    begun = draft()
    begun.choose_target("解約")
    begun.look_at(View(show="changed"))
    begun.settle(begun.roles("はい"))
    assert not begun.is_dirty()
    assert begun.view.show == "changed"
    assert begun.event == "はい"


def test_a_dictionary_fills_in_what_is_blank(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約"))
    begun.take({place(begun, "年齢"): {"meaning": "本人"}, place(begun, "ランク"): {"role": "target"}})
    found = load("列名,意味,単位\n年齢,申込時の年齢,歳\n収入,前年,万円\n".encode("cp932"), begun.columns, name="定義書.csv")
    assert begun.fill(found, overwrite=False) == {"meaning": 1, "unit": 2, "when": 0, "known": 0}
    by_name = {row.column: row for row in begun.rows}
    assert (by_name["年齢"].meaning, by_name["年齢"].unit, by_name["ランク"].role) == ("本人", "歳", "target")


def test_suggestions_alone_are_nothing_that_a_person_has_changed(draft: Callable[..., Draft]) -> None:
    begun = draft()
    assert begun.is_dirty()
    assert not begun.is_touched()
    begun.take({place(begun, "顧客番号"): {"unit": "番"}})
    assert begun.is_touched()


def test_my_changes_are_put_on_top_of_what_was_saved_meanwhile(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約", unit={"年齢": "年"}, row_is="顧客"))
    begun.take({place(begun, "年齢"): {"unit": "歳"}, place(begun, "会員"): {"role": "exclude"}})
    begun.state("source", "台帳")
    newer = Roles(target="解約", unit={"年齢": "才", "収入": "円"}, sensitive=("会員",), row_is="顧客1人")
    begun.newer = newer
    assert begun.changed_there() == ["年齢", "収入", "会員", "row_is"]
    begun.put_on_top()
    assert begun.newer is None
    assert begun.base == newer
    assert begun.roles(None) == Roles(
        target="解約",
        exclude=("会員",),
        sensitive=("会員",),
        unit={"年齢": "歳", "収入": "円"},
        row_is="顧客1人",
        source="台帳",
    )


def test_of_two_targets_mine_is_the_one_on_top(draft: Callable[..., Draft]) -> None:
    begun = draft(Roles(target="解約", time="登録日"))
    begun.choose_target("ランク")
    begun.newer = Roles(target="売上", group="顧客番号")
    begun.put_on_top()
    assert begun.roles(None) == Roles(target="ランク", group="顧客番号")
