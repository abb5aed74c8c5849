"""Who did what: one line in the log and one object in the store for everything that changes something."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from workbench import telemetry
from workbench.actions import held
from workbench.errors import AccessDenied
from workbench.principal import Principal
from workbench.settings import get_settings


def allow_change(by: Principal) -> None:
    """Refuse who may not change anything, and everybody in a read-only demonstration.

    Raises
    ------
    AccessDenied
        For a viewer, or with `WORKBENCH_DEMO`.
    """
    by.require("analyst")
    if get_settings().demo:
        raise AccessDenied("error.demo_only")


def may_change(by: Principal) -> bool:
    """Whether somebody may change anything here."""
    return by.role == "analyst" and not get_settings().demo


def record(verb: str, by: Principal, **fields: Any) -> None:
    """Write the audit line of something done: names and counts, never rows."""
    now = datetime.now(UTC)
    telemetry.event(verb, by=by.who, **fields)
    line = {"at": now.isoformat(), "verb": verb, "by": by.who, "kind": by.kind, **fields}
    name = f"audit/{now:%Y-%m-%d}/{now:%H%M%S%f}-{secrets.token_hex(3)}.json"
    held.store().put(name, json.dumps(line, ensure_ascii=False).encode(), if_generation=0)
