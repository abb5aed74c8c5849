"""The self-check: is the store there, are the models whole, what does this instance have."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench import __version__
from workbench.actions import held
from workbench.errors import WorkbenchError
from workbench.jobs import container
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Text

State = Literal["ok", "warning", "error"]
STARTED = time.monotonic()
GIB = 1 << 30


@dataclass(frozen=True)
class Line:
    """One line of the self-check."""

    name: Text
    state: State
    detail: Text


def report(*, by: Principal) -> list[Line]:
    """Look at everything the workbench needs, and say how it is; one failing part does not hide the others."""
    by.require("viewer")
    return [part() for part in PARTS]


def version() -> Line:
    """Say which version runs, and for how long."""
    minutes = int((time.monotonic() - STARTED) // 60)
    return Line(Text("status.version"), "ok", Text("status.version_detail", version=__version__, minutes=minutes))


def store() -> Line:
    """Write, read and delete a small object."""
    name, settings = Text("status.store"), get_settings()
    try:
        held.store().check()
    except WorkbenchError as problem:
        return Line(name, "error", Text(problem.key, **problem.values))
    if settings.k_service and not settings.store.startswith("gs://"):
        return Line(name, "warning", Text("status.store_is_lost", where=settings.store))
    return Line(name, "ok", Text("status.store_detail", where=settings.store))


def access() -> Line:
    """Say who may come in."""
    settings = get_settings()
    if settings.access == "off":
        return Line(Text("status.access"), "warning", Text("status.access_off"))
    return Line(Text("status.access"), "ok", Text("status.access_on", team=settings.access_team_domain))


def models() -> Line:
    """Load every shipped model with its golden rows."""
    name = Text("status.models")
    try:
        shipped = held.registry().shipped_models()
        for record in shipped:
            held.bundle(record)
    except WorkbenchError as problem:
        return Line(name, "error", Text(problem.key, **problem.values))
    return Line(name, "ok" if shipped else "warning", Text("status.models_detail", count=len(shipped)))


def training() -> Line:
    """Say whether models can be compared here; PyCaret itself stays out of this process."""
    found = importlib.util.find_spec("pycaret") is not None
    return Line(
        Text("status.training"), "ok" if found else "error", Text("status.training_on" if found else "status.training_off")
    )


def memory() -> Line:
    """Say how much memory this container has, and how much is taken."""
    now = container.memory()
    used, limit = now.limit - now.available, now.limit
    state: State = "warning" if used > 0.8 * limit else "ok"
    return Line(
        Text("status.memory"),
        state,
        Text("status.memory_detail", used=used / GIB, limit=limit / GIB, cores=container.processors()),
    )


def disk() -> Line:
    """Say how much room is left for files on their way."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return Line(Text("status.disk"), "ok" if free > GIB else "warning", Text("status.disk_detail", free=free / GIB))


PARTS: tuple[Callable[[], Line], ...] = (version, store, access, models, training, memory, disk)
