"""Who is asking: every action takes one, and there is no default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.errors import AccessDenied

Kind = Literal["user", "service"]
Role = Literal["viewer", "analyst"]


@dataclass(frozen=True)
class Principal:
    """A verified person or service."""

    who: str
    """E-mail address in lower case, or a service token's common name."""
    kind: Kind = "user"
    role: Role = "analyst"

    def require(self, role: Role) -> None:
        """Refuse a viewer what only an analyst may do.

        Raises
        ------
        AccessDenied
            If the role is not enough.
        """
        if role == "analyst" and self.role != "analyst":
            raise AccessDenied("error.analyst_only", who=self.who)


# Who asks where access control is off: one person on their own machine.
LOCAL = Principal("you@localhost")
