"""Roles of columns."""

from __future__ import annotations

import pytest

from workbench.data import Roles
from workbench.errors import ColumnNotFound

ROLES = Roles(target="y", event="1", group="g", time="t", exclude=("id",), unknown_at_prediction=("later",))


def test_features_are_what_is_left() -> None:
    assert ROLES.features(["id", "t", "a", "g", "later", "y", "b"]) == ("t", "a", "b")


def test_roles_survive_json() -> None:
    assert Roles.from_dict(ROLES.to_dict()) == ROLES
    assert Roles.from_dict({"target": "y", "event": 1}) == Roles(target="y", event="1")


def test_an_unknown_column_names_the_closest() -> None:
    with pytest.raises(ColumnNotFound, match=r"'prise' is not in the table\. Closest names: price"):
        Roles(target="prise").check(["price", "rooms"])


@pytest.mark.parametrize("data", [{"aim": "y"}, {"target": ["y"]}])
def test_what_is_no_role_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown roles: aim|not a name"):
        Roles.from_dict(data)
