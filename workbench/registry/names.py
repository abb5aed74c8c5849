"""Names of models: letters of any script, digits and ``- _ .``, safe in a path, in a URL and on a command line."""

from __future__ import annotations

import unicodedata

from workbench.errors import RegistryError

MOST_CHARACTERS = 80
# A file system's limit for one name is 255 bytes.
MOST_BYTES = 240
PLACEHOLDER = "model"
# Unicode's categories; marks belong to the letters of many scripts.
LETTERS_AND_DIGITS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})


def clean_name(stem: str) -> str:
    """Return a model's name for a file's stem: what a name cannot hold becomes ``-``.

    Examples
    --------
    >>> clean_name("顧客 2024 (最新)")
    '顧客-2024--最新-'
    """
    composed = unicodedata.normalize("NFC", stem)
    name = "".join(c if is_allowed(c) else "-" for c in composed)
    if name.startswith("."):
        name = "-" + name[1:]
    name = name[:MOST_CHARACTERS].encode()[:MOST_BYTES].decode(errors="ignore")
    return name or PLACEHOLDER


def check_name(name: str) -> str:
    """Return a name that a model may have, in its composed form.

    Raises
    ------
    RegistryError
        Says what a name may hold, and proposes one.
    """
    composed = unicodedata.normalize("NFC", name)
    if not is_name(composed):
        raise RegistryError("error.registry.name", name=shown(composed), proposed=clean_name(composed))
    return composed


def is_allowed(character: str) -> bool:
    """Tell whether a name may hold a character."""
    return character in "-_." or unicodedata.category(character) in LETTERS_AND_DIGITS


def is_name(name: str) -> bool:
    """Tell whether a text is a model's name."""
    return bool(name) and clean_name(name) == name


def shown(name: str) -> str:
    """Return a refused name, safe to show."""
    visible = "".join(c if c.isprintable() else "�" for c in name)
    return visible if len(visible) <= MOST_CHARACTERS else visible[:MOST_CHARACTERS] + "…"
