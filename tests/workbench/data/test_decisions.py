"""Decisions as they are kept beside a dataset."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from workbench.data import Roles, decisions
from workbench.data.deciding import Change, answered, change_of, split_of, undone
from workbench.data.decisions import Decision
from workbench.errors import PreconditionFailed, StoreError
from workbench.store import ObjectStore

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ID = "20261121T093000Z-abcdef"


def made(
    action: decisions.Action = "accept", columns: tuple[str, ...] = ("b", "a"), code: str = "WB301", **more: object
) -> Decision:
    """A decision of ana's."""
    return Decision(action, code, columns, "前月に分かる", "ana@example.com", NOW, dict(more))


def test_a_decision_survives_json() -> None:
    one = made("split", ("g",), group="g", group_part={"part": "before", "separator": "_"}, before={"group": None})
    assert Decision.from_dict(one.to_dict()) == one


def test_what_is_no_decision_is_refused() -> None:
    with pytest.raises(ValueError, match="not a decision: 'shout'"):
        Decision.from_dict(made().to_dict() | {"action": "shout"})


def test_a_finding_is_the_same_whatever_the_order_of_its_columns() -> None:
    assert made(columns=("b", "a")).key == made(columns=("a", "b")).key == ("WB301", ("a", "b"))


def test_decisions_are_kept_oldest_first_and_taken_back(tmp_store: ObjectStore) -> None:
    first, second = made(), made("exclude", ("c",))
    assert decisions.load(tmp_store, ID) == ()
    decisions.add(tmp_store, ID, first)
    decisions.add(tmp_store, ID, second)
    assert decisions.load(tmp_store, ID) == (first, second)
    assert decisions.withdraw(tmp_store, ID, "WB301", ["a", "b"]) == (first,)
    assert decisions.load(tmp_store, ID) == (second,)
    assert decisions.withdraw(tmp_store, ID, "WB999", ["a"]) == ()


def test_one_kind_of_decision_can_be_taken_back_alone(tmp_store: ObjectStore) -> None:
    accepted, excluded = made("accept", ("c",)), made("exclude", ("c",))
    decisions.add(tmp_store, ID, accepted, excluded)
    assert decisions.withdraw(tmp_store, ID, "WB301", ["c"], only=("accept",)) == (accepted,)
    assert decisions.load(tmp_store, ID) == (excluded,)


def test_of_many_at_once_nobodys_decision_is_lost(tmp_store: ObjectStore) -> None:
    people = [threading.Thread(target=decisions.add, args=(tmp_store, ID, made(columns=(f"c{n}",)))) for n in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert {one.columns for one in decisions.load(tmp_store, ID)} == {(f"c{n}",) for n in range(6)}


def test_who_is_always_too_late_hears_of_it(tmp_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    decisions.add(tmp_store, ID, made())
    monkeypatch.setattr(decisions, "ATTEMPTS", 2)
    put = tmp_store.put

    def late(name: str, data: bytes, *, if_generation: int | None = None) -> object:
        put(name, b"[]")
        return put(name, data, if_generation=if_generation)

    monkeypatch.setattr(tmp_store, "put", late)
    with pytest.raises(PreconditionFailed, match=r"decisions\.json"):
        decisions.add(tmp_store, ID, made(columns=("z",)))


@pytest.mark.parametrize("damaged", [b'{"a": 1}', b'[{"action": "accept"}]', b"[3]", b"not json"])
def test_a_damaged_list_is_said_and_not_overwritten(tmp_store: ObjectStore, damaged: bytes) -> None:
    tmp_store.put(decisions.place(ID), damaged)
    with pytest.raises(StoreError, match="damaged"):
        decisions.add(tmp_store, ID, made())
    assert tmp_store.get(decisions.place(ID)) == damaged


def test_the_next_version_takes_decisions_along_for_the_columns_it_has(tmp_store: ObjectStore) -> None:
    whole, half = made("accept", ("a", "b")), made("exclude", ("a", "gone"))
    of_table, lost = made("accept", ()), made("accept", ("a", "gone"))
    decisions.add(tmp_store, ID, whole, half, of_table, lost)
    decisions.carry(tmp_store, ID, "next", ["a", "b"])
    assert decisions.load(tmp_store, "next") == (whole, made("exclude", ("a",)), of_table)
    decisions.carry(tmp_store, "nothing", "empty", ["a"])
    assert tmp_store.stat(decisions.place("empty")) is None


def test_the_last_word_counts() -> None:
    old, new = made(code="WB301"), Decision("accept", "WB301", ("a", "b"), "anders", "bo", NOW)
    assert decisions.latest((old, new), "accept") == {("WB301", ("a", "b")): new}
    assert decisions.about((made("exclude", ("c",)), made("exclude", ("c", "d"))), "c", "exclude") == made(
        "exclude", ("c", "d")
    )
    assert decisions.about((), "c", "exclude") is None


ADVICE = {"folds": "grouped", "group": "key", "group_part": {"column": "key", "part": "before", "separator": "_"}, "time": None}


def test_an_advice_that_the_roles_follow_changes_nothing() -> None:
    roles = Roles(group="key", group_part={"part": "before", "separator": "_"})
    assert split_of(ADVICE, roles) == (None, {"part": "before", "separator": "_"}, None)
    assert split_of(ADVICE, Roles()) == ("key", {"part": "before", "separator": "_"}, None)
    assert split_of({"folds": None, "group": "g", "time": "t"}, Roles()) == (None, None, None)
    assert split_of({"folds": "grouped_time", "group": "g", "time": "t"}, Roles()) == ("g", None, "t")
    assert Change(Roles(), []).is_empty


def test_what_somebody_changed_since_then_stays_when_a_decision_is_taken_back() -> None:
    later = made("role", ("a", "b"), known="no", before={"a": "unknown", "b": "yes"})
    now = answered(Roles(unknown_at_prediction=("a", "b")), ("a",), "yes")
    assert undone(now, later) == Roles(known_at_prediction=("a", "b"))
    group = made("split", ("g",), group="g", before={"group": None, "aside": "ids"})
    assert undone(Roles(group="g"), group) == Roles(ids=("g",))
    assert undone(Roles(group="other"), group) == Roles(group="other")


def test_an_accepted_column_stays_and_is_named() -> None:
    from workbench.data import DatasetRecord

    known = DatasetRecord(ID, "t", "ana", NOW, "f", 3, ("a", "b", "y"), {}, {}, Roles(target="y"))
    advice = {
        "folds": "stratified",
        "group": None,
        "time": None,
        "exclude": ["a", "b"],
        "codes": {"a": ["WB301"], "b": ["WB301"]},
    }
    change = change_of(known, advice, [made("accept", ("a",))])
    assert change.excluded == ("b",)
    assert [str(line) for line in change.lines] == [
        "Not learned from any more: b.",
        "Still learned from, because a finding about it was accepted: a.",
    ]
