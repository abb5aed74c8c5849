"""Every sentence a person reads, in Japanese and English, and the one look-up that finds it.

The sentences are data: one TOML file a room and language (`en/compare.toml`, `ja/compare.toml`), a table a subject, so the key
`compare.title` is `title` under `[compare]`. A sentence is a `str.format` template. Where English needs a plural, the
sentence is a table of CLDR forms (`one`, `other`) chosen by the value named `count`.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

Lang = Literal["ja", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
FOLDER = Path(__file__).parent


def say(key: str, lang: Lang, /, **values: object) -> str:
    """Return the sentence of a key in a language, filled with values.

    Parameters
    ----------
    key : str
        Dotted name of the sentence, such as ``compare.title``.
    lang : {"ja", "en"}
        The reader's language.
    **values : object
        What the sentence's ``{names}`` stand for; a :class:`Text` among them is said in the same language.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    KeyError
        If the catalogue has no such key: a mistake of ours, found by a test.

    Examples
    --------
    >>> say("task.binary", "en")
    'Two classes'
    """
    sentence = catalogue(lang)[key]
    if isinstance(sentence, Mapping):
        sentence = sentence[plural(values["count"], lang)]
    return sentence.format(**{name: spoken(value, lang) for name, value in values.items()})


class Text:
    """A sentence not yet said: its key with its values, so that whoever shows it picks the language.

    Parameters
    ----------
    key : str
        Dotted name of the sentence.
    **values : object
        What fills it.

    Examples
    --------
    >>> Text("task.binary").say("en")
    'Two classes'
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.key, self.values = key, values

    def say(self, lang: Lang) -> str:
        """Return the sentence in a language."""
        return say(self.key, lang, **self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same text."""
        return {"key": self.key, "values": {name: plain(value) for name, value in self.values.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Text:
        """Return the text that `to_dict` described."""
        return cls(data["key"], **{name: revived(value) for name, value in data["values"].items()})

    def __str__(self) -> str:
        return self.say("en")

    def __repr__(self) -> str:
        return f"Text({self.key!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash(self.key)


def is_text(value: object) -> bool:
    """Tell whether plain data came from `Text.to_dict`."""
    return isinstance(value, Mapping) and value.keys() == {"key", "values"}


def plain(value: object) -> object:
    """Return a text's value as JSON holds it: texts among it, also in a list, as plain data."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.to_dict() if isinstance(value, Text) else value


def revived(value: Any) -> Any:
    """Return a value that `plain` made plain."""
    if isinstance(value, list):
        return [revived(part) for part in value]
    return Text.from_dict(value) if is_text(value) else value


def spoken(value: object, lang: Lang) -> object:
    """Say a value that is itself a text; join several values as a reader of the language expects."""
    if isinstance(value, Text):
        return value.say(lang)
    if isinstance(value, list | tuple):
        return ("、" if lang == "ja" else ", ").join(str(spoken(v, lang)) for v in value)
    return value


def say_all(value: Any, lang: Lang) -> Any:
    """Return plain data with every sentence in it said, as a program is told."""
    if isinstance(value, Text):
        return value.say(lang)
    if is_text(value):
        return Text.from_dict(value).say(lang)
    if isinstance(value, Mapping):
        return {name: say_all(part, lang) for name, part in value.items()}
    return [say_all(part, lang) for part in value] if isinstance(value, list | tuple) else value


def plural(count: object, lang: Lang) -> str:
    """Return the CLDR plural form of a count: Japanese has one, English two."""
    return "one" if lang == "en" and count == 1 else "other"


def moment(when: datetime, lang: Lang) -> str:
    """Return a date with its time as a reader of the language writes it."""
    from babel.dates import format_datetime  # 60 ms that only a page with a date needs

    return format_datetime(when, "medium", locale=lang)


def best_language(accepted: str | None, setting: str = "auto") -> Lang:
    """Return the language to use for a browser's or terminal's preference.

    Parameters
    ----------
    accepted : str or None
        A locale (``ja-JP``, ``ja_JP.UTF-8``) or an ``Accept-Language`` header; the first known language wins.
    setting : {"auto", "ja", "en"}
        What the operator fixed; anything but ``auto`` wins over the reader's preference.

    Returns
    -------
    {"ja", "en"}
        English where nothing known is named.
    """
    if setting in LANGUAGES:
        return setting
    for part in (accepted or "").replace(";", ",").split(","):
        if (code := part.strip()[:2].lower()) in LANGUAGES:
            return code
    return "en"


@functools.cache
def catalogue(lang: Lang) -> dict[str, Any]:
    """Return every sentence of a language by its dotted key."""
    sentences: dict[str, Any] = {}
    for path in sorted((FOLDER / lang).glob("*.toml")):
        sentences |= dict(flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return sentences


def flat(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """List the sentences of a nested table with dotted keys; a table of plural forms is one sentence."""
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        if isinstance(value, str) or "other" in value:
            found.append((prefix + name, value))
        else:
            found += flat(value, f"{prefix}{name}.")
    return found
