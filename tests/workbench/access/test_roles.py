"""Roles: who the settings make an analyst, a viewer, or nobody."""

from __future__ import annotations

import pytest

from workbench.access.roles import recall, remember, role_of
from workbench.settings import read_settings


@pytest.mark.parametrize(
    ("analysts", "viewers", "who", "groups", "role"),
    [
        ("", "", "ana@example.com", (), "analyst"),
        ("ana@example.com", "", "ana@example.com", (), "analyst"),
        ("Ana@Example.com", "", "ana@example.com", (), "analyst"),
        ("ana@example.com", "", "bob@example.com", (), None),
        ("ana@example.com", "@example.com", "bob@example.com", (), "viewer"),
        ("ana@example.com", "@example.com", "ana@example.com", (), "analyst"),
        ("", "@example.com", "bob@example.com", (), "viewer"),
        ("@example.com", "", "mallory@example.com.evil.org", (), None),
        ("@example.com", "", "mallory@evil-example.com", (), None),
        ("@example.com", "", "@example.com@evil.org", (), None),
        ("data-team", "", "bob@other.org", ("data-team",), "analyst"),
        ("data-team", "", "bob@other.org", ("sales",), None),
        ("ana@example.com", "", "bob@other.org", ("ana@example.com",), None),
        ("@example.com", "", "bob@other.org", ("@example.com",), None),
    ],
)
def test_role_follows_the_lists(analysts: str, viewers: str, who: str, groups: tuple[str, ...], role: str | None) -> None:
    settings = read_settings(analysts=analysts, viewers=viewers)
    assert role_of(who, groups=groups, settings=settings) == role


def test_service_is_named_like_a_group_and_never_like_a_person() -> None:
    settings = read_settings(analysts="ana@example.com,robot.access")
    assert role_of("robot.access", groups=(), settings=settings, kind="service") == "analyst"
    assert role_of("ana@example.com", groups=(), settings=settings, kind="service") is None


def test_pages_learn_the_role_that_the_gate_gave() -> None:
    remember("seen@example.com", "viewer")
    assert recall("seen@example.com") == "viewer"
    assert recall("never@example.com") is None
