"""What a call of the command line is made of, and the error of one whose words do not fit."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from workbench.errors import WorkbenchError, closest
from workbench.words import Lang, Text, say

Verb = Callable[[argparse.Namespace, Lang], int]
# What argparse says about a call that does not fit, and our sentence for it.
SAID: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("missing", re.compile(r"the following arguments are required: (?P<names>.+)")),
    ("unknown", re.compile(r"unrecognized arguments: (?P<names>.+)")),
    ("choice", re.compile(r"argument (?P<flag>.+?): invalid choice: (?P<value>.+) \(choose from (?P<known>.+)\)")),
    ("number", re.compile(r"argument (?P<flag>.+?): invalid \w+ value: (?P<value>.+)")),
    ("least", re.compile(r"argument (?P<flag>.+?): (?P<value>\S+) is below (?P<least>\S+)")),
    ("value", re.compile(r"argument (?P<flag>.+?): expected one argument")),
    ("no_value", re.compile(r"argument (?P<flag>.+?): ignored explicit argument (?P<value>.+)")),
    ("ambiguous", re.compile(r"ambiguous option: (?P<flag>.+) could match (?P<known>.+)")),
)


class UsageError(WorkbenchError):
    """The words of the call do not fit."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """A parser that answers a wrong call in one line, like every other bad input.

    Parameters
    ----------
    lang : {"ja", "en"}
        The language of the help.
    **settings
        As for `argparse.ArgumentParser`.
    """

    def __init__(self, *, lang: Lang = "en", add_help: bool = True, **settings: Any) -> None:
        super().__init__(add_help=False, formatter_class=lambda prog: Helper(prog, lang=lang), **settings)
        if add_help:
            self.add_argument("-h", "--help", action="help", help=say("cli.help.help", lang))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and refuse what is left over here, where the flags that there are are known."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Refuse a call."""
        text, hint = said(message, [*self._option_string_actions])
        raise UsageError("error.cli.usage", hint=hint, message=text, verb=self.prog)


class Helper(argparse.RawDescriptionHelpFormatter):
    """The help with its headings in the reader's language.

    Parameters
    ----------
    prog : str
    lang : {"ja", "en"}
    """

    def __init__(self, prog: str, *, lang: Lang) -> None:
        super().__init__(prog)
        self.lang = lang

    def add_usage(self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None) -> None:
        """Begin with how the verb is called."""
        super().add_usage(usage, actions, groups, say("cli.help_page.usage", self.lang) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """Begin a group of flags."""
        known = {"positional arguments": "cli.help_page.positional", "options": "cli.help_page.options"}
        super().start_section(say(known[heading], self.lang) if heading in known else heading)


def said(message: str, flags: Sequence[str]) -> tuple[Text | str, Text | None]:
    """Return what argparse says as a sentence of ours, and what may have been meant."""
    for name, pattern in SAID:
        if found := pattern.fullmatch(message):
            parts = {
                key: text.replace("'", "") if key == "known" else text.strip("'\"") for key, text in found.groupdict().items()
            }
            meant = near(parts["value"], parts["known"].split(", ")) if name == "choice" else None
            if name == "unknown" and parts["names"].startswith("-"):
                meant = near(re.split("[ =]", parts["names"])[0], [flag for flag in flags if flag.startswith("--")])
            return Text(f"error.cli.wrong.{name}", **parts), meant
    return message, None


def near(given: str, known: Sequence[str]) -> Text | None:
    """Return the names that a mistyped one is close to; None where it is close to none."""
    hint = closest(given, known)
    return hint if hint and hint.key == "error.closest" else None


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number that has a smallest value."""

    def whole(text: str) -> int:
        if (value := int(text)) < least:
            raise argparse.ArgumentTypeError(f"{text} is below {least}")
        return value

    return whole


def listed(asked: argparse.Namespace, name: str) -> list[str] | None:
    """Split a comma-separated flag; one that names nothing is a slip, such as a variable of the shell that is not set."""
    if (text := getattr(asked, name)) is None:
        return None
    if not (parts := [part.strip() for part in text.split(",") if part.strip()]):
        raise UsageError("error.cli.empty", flag=f"--{name}")
    return parts


def must_say_something(asked: argparse.Namespace) -> None:
    """Refuse a flag with nothing behind it.

    Raises
    ------
    UsageError
        Names the flag.
    """
    for name, value in vars(asked).items():
        if value == "":
            raise UsageError(
                "error.cli.empty", flag=name.upper() if name in ("data", "model") else f"--{name.replace('_', '-')}"
            )


def named(asked: argparse.Namespace) -> str:
    """Return the model a call names, or say that it must."""
    if not asked.model:
        raise UsageError("error.cli.model", what=asked.what)
    return str(asked.model)
