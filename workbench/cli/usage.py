"""What a call of the command line is made of, and the error of one whose words do not fit."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from workbench.errors import WorkbenchError
from workbench.words import Lang

Verb = Callable[[argparse.Namespace, Lang], int]


class UsageError(WorkbenchError):
    """The words of the call do not fit."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """A parser that answers a wrong call in one line, like every other bad input."""

    def error(self, message: str) -> NoReturn:
        """Refuse a call."""
        raise UsageError("error.cli.usage", message=message, verb=self.prog)


def listed(text: str | None) -> list[str] | None:
    """Split a comma-separated flag."""
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def named(asked: argparse.Namespace) -> str:
    """Return the model a call names, or say that it must."""
    if not asked.model:
        raise UsageError("error.cli.model", what=asked.what)
    return str(asked.model)
