"""Roles of columns."""

from __future__ import annotations

import pytest

from workbench.data import Roles
from workbench.data.roles import part_of, part_text
from workbench.errors import ColumnNotFound

ROLES = Roles(target="y", event="1", group="g", time="t", exclude=("id",), unknown_at_prediction=("later",))
FULL = Roles(
    target="y",
    event="1",
    group="g",
    time="t",
    ids=("id",),
    exclude=("x",),
    sensitive=("sex",),
    known_at_prediction=("sex", "a"),
    unknown_at_prediction=("later",),
    when={"later": "翌月末"},
    meaning={"a": "年齢"},
    unit={"a": "歳"},
    row_is="申込1件",
    source="基幹",
    period="2024",
)


def test_features_are_what_is_left() -> None:
    assert ROLES.features(["id", "t", "a", "g", "later", "y", "b"]) == ("t", "a", "b")


def test_ids_are_never_learned_from() -> None:
    assert FULL.features(["id", "t", "a", "x", "g", "later", "y", "sex"]) == ("t", "a", "sex")
    assert FULL.aside() == ("id", "x", "later")


def test_a_target_that_is_known_later_is_still_the_target() -> None:
    assert Roles(target="y", unknown_at_prediction=("y", "later")).aside() == ("later",)


def test_roles_survive_json() -> None:
    assert Roles.from_dict(ROLES.to_dict()) == ROLES
    assert Roles.from_dict(FULL.to_dict()) == FULL
    assert Roles.from_dict({"target": "y", "event": 1}) == Roles(target="y", event="1")


def test_a_record_from_before_loads() -> None:
    old = {"target": "y", "event": None, "group": None, "time": None, "exclude": ["ID"], "unknown_at_prediction": []}
    assert Roles.from_dict(old) == Roles(target="y", exclude=("ID",))


def test_an_unknown_column_names_the_closest() -> None:
    with pytest.raises(ColumnNotFound, match=r"'prise' is not in the table\. Closest names: price"):
        Roles(target="prise").check(["price", "rooms"])


def test_every_unknown_column_is_named_at_once() -> None:
    with pytest.raises(ColumnNotFound, match=r"not in the table: 'prise' \(closest: price\), 'roms' \(closest: rooms\), 'q'\."):
        Roles(target="prise", sensitive=("roms",), unit={"q": "円"}).check(["price", "rooms"])


def test_what_is_said_of_columns_that_are_gone_is_dropped() -> None:
    kept = FULL.only(["a", "sex", "t"])
    assert kept.named() == ["t", "sex", "a"]
    assert (kept.target, kept.event, kept.group, kept.unit, kept.when, kept.row_is) == (
        None,
        None,
        None,
        {"a": "歳"},
        {},
        "申込1件",
    )


@pytest.mark.parametrize("data", [{"aim": "y"}, {"target": ["y"]}, {"exclude": "id"}, {"unit": ["円"]}])
def test_what_is_no_role_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown roles: aim|not a name|not a list of names|not an object of column"):
        Roles.from_dict(data)


COMPOUND = Roles(target="y", group="key", group_part={"part": "before", "separator": "_"})


def test_the_part_of_a_group_survives_json() -> None:
    assert Roles.from_dict(COMPOUND.to_dict()) == COMPOUND


def test_a_part_goes_with_its_group() -> None:
    assert COMPOUND.only(["y", "other"]).group_part is None
    assert COMPOUND.with_group("other") == Roles(target="y", group="other")
    assert COMPOUND.with_group(None) == Roles(target="y")
    assert Roles(ids=("key",)).with_group("key", {"part": "after", "separator": "-", "column": "key"}) == Roles(
        group="key", group_part={"part": "after", "separator": "-"}
    )


@pytest.mark.parametrize(
    "wrong", [{"part": "middle", "separator": "_"}, {"part": "before"}, {"part": "before", "separator": ""}, "before:_", 3]
)
def test_what_is_no_part_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"not a part|needs a separator"):
        Roles.from_dict({"group": "key", "group_part": wrong})


def test_a_part_of_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="without the group"):
        Roles.from_dict({"group_part": {"part": "before", "separator": "_"}})


@pytest.mark.parametrize("separator", ["_", ":", " ", "--", "：", "・"])
@pytest.mark.parametrize("part", ["before", "after"])
def test_a_part_is_read_as_it_is_written(part: str, separator: str) -> None:
    wanted = {"part": part, "separator": separator}
    assert part_of(part_text(wanted)) == wanted


@pytest.mark.parametrize("text", ["before", "before:", "_", "around:_", "before_"])
def test_a_text_that_names_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a part|needs a separator"):
        part_of(text)
    assert part_of(" ") is None
