"""The role that the settings give to a verified identity."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from workbench.principal import Kind, Role
from workbench.settings import Settings

# Roles of people seen lately, so that a page, which knows an e-mail address only, learns a role that came from a group.
SEEN: OrderedDict[str, Role] = OrderedDict()
MOST_SEEN = 10_000


def role_of(who: str, *, groups: Iterable[str], settings: Settings, kind: Kind = "user") -> Role | None:
    """Return the role of a verified identity.

    Parameters
    ----------
    who : str
        E-mail address, or the common name of a service.
    groups : iterable of str
        The groups its token names.
    settings : Settings
        `analysts` and `viewers` decide; with both empty everyone verified is an analyst.
    kind : {"user", "service"}
        A service's name is looked for among the groups, never among the e-mail addresses.

    Returns
    -------
    {"analyst", "viewer"} or None
        None where a list is set and this identity is in neither.
    """
    if not settings.analysts and not settings.viewers:
        return "analyst"
    names = claimed(who, kind, groups)
    if names & lowered(settings.analysts):
        return "analyst"
    return "viewer" if names & lowered(settings.viewers) else None


def claimed(who: str, kind: Kind, groups: Iterable[str]) -> set[str]:
    """List every entry of the settings that would mean this identity; a group or service never passes for an address."""
    named = {name for name in lowered(groups) if "@" not in name}
    if kind == "service":
        return named | ({who.lower()} if "@" not in who else set())
    address = who.lower()
    _, at, domain = address.rpartition("@")
    return named | {address} | ({at + domain} if at else set())


def lowered(names: Iterable[str]) -> set[str]:
    """Compare names without regard to case and surrounding blanks."""
    return {name.strip().lower() for name in names}


def remember(who: str, role: Role) -> None:
    """Keep the role the gate gave to somebody."""
    SEEN[who] = role
    SEEN.move_to_end(who)
    while len(SEEN) > MOST_SEEN:
        SEEN.popitem(last=False)


def recall(who: str) -> Role | None:
    """Return the role the gate last gave to somebody, if it has seen them."""
    return SEEN.get(who)
