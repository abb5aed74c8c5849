"""The one rule for names of objects: what it lets through is safe as a path and in a bucket."""

from __future__ import annotations

import unicodedata

from workbench.errors import StoreError

MOST_BYTES = 1024  # Google Cloud Storage's limit, held everywhere so that a folder can move into a bucket
MOST_SHOWN = 80


def check_name(name: str) -> str:
    """Return a name that can be an object's.

    Raises
    ------
    StoreError
        If a part is empty, ``.`` or ``..``, holds a backslash or a control character, or the whole is too long.
    """
    if not is_name(name):
        raise StoreError("error.store.name", name=shown(name))
    return name


def check_prefix(prefix: str) -> str:
    """Return a prefix whose whole folders are safe names; its last part may be the beginning of one."""
    folder, _, beginning = prefix.rpartition("/")
    if folder:
        check_name(folder)
    if prefix.startswith("/") or (beginning and not is_safe(beginning.rstrip(".") or "a")):
        raise StoreError("error.store.name", name=shown(prefix))
    return prefix


def is_name(name: str) -> bool:
    """Tell whether a name can be an object's."""
    return 0 < size(name) <= MOST_BYTES and all(is_safe(part) for part in name.split("/"))


def is_safe(part: str) -> bool:
    """Tell whether one part of a name means itself and nothing else."""
    return part not in ("", ".", "..") and "\\" not in part and not any(unicodedata.category(c) in ("Cc", "Cs") for c in part)


def size(name: str) -> int:
    """Count a name's bytes."""
    return len(name.encode("utf-8", "surrogatepass"))


def shown(name: str) -> str:
    """Make a refused name safe to show."""
    clean = "".join(c if c.isprintable() else "�" for c in name)
    return clean if len(clean) <= MOST_SHOWN else clean[:MOST_SHOWN] + "…"
