"""Who somebody is here: the role the settings give to a verified identity."""

from __future__ import annotations

from workbench.access.roles import recall, role_of
from workbench.errors import AccessDenied
from workbench.principal import LOCAL, Principal
from workbench.settings import get_settings


def principal(who: str | None) -> Principal:
    """Return the principal of the e-mail address that the gate verified.

    Raises
    ------
    AccessDenied
        If there is nobody, or somebody without a role.
    """
    settings = get_settings()
    if settings.access == "off":
        return LOCAL
    # the gate saw the token with its groups; a page knows the address only
    role = recall(who or "") or role_of(who or "", groups=(), settings=settings)
    if not who or role is None:
        raise AccessDenied("error.analyst_only", who=who or "?")
    return Principal(who, role=role)
